"""What neighbours use: translate, obtain one's own keys, read the registry; and the operator's verbs.

keys = KeysClient(actor="oin:…:machtigen", signing_key=…, keys_url="https://…/keys",
                  party_urls={"t1": "https://…/keys/t1", "t2": "…"}, http=httpx2.Client(),
                  clock=clock.now)
key = load_or_obtain_key(folder / "domein-machtigen.json", keys, domain)
translated = keys.transcrypt(ciphertexts, naar=other_domain, doel="inloggen")
one, receipt = keys.transcrypt_one(ciphertext, naar=register, doel="recht-op-studiefinanciering")
"""

from keys.client.beheer import KeysBeheer
from keys.client.calling import PeerUnavailable, RegistryRefused, TranslationRefused
from keys.client.keysclient import KeysClient
from keys.client.obtaining import load_or_obtain_key
from keys.client.ownkeys import OwnKeys
from keys.client.rotation import Rotated, rotate
from keys.client.tracing import new_trace_id
from keys.wire.doelen import ActorView, DoelView, DomeinView, GebruiksgrondView

__all__ = [
    "ActorView",
    "DoelView",
    "DomeinView",
    "GebruiksgrondView",
    "KeysBeheer",
    "KeysClient",
    "OwnKeys",
    "PeerUnavailable",
    "RegistryRefused",
    "Rotated",
    "TranslationRefused",
    "load_or_obtain_key",
    "new_trace_id",
    "rotate",
]
