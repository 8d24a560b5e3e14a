"""Pure rules of the catalogue: what may be registered, how search folds text, cursors."""

from __future__ import annotations

import base64
import re
import unicodedata
from urllib.parse import urlsplit

from keys.kernel.pep import Domain, PepError
from machtigen.diensten.errors import InvalidRegistration
from machtigen.diensten.model import Client, Dienst, DienstId
from machtigen.errors import InvalidCursor

_URN_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_DOEL = re.compile(r"[a-z0-9-]{1,64}")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def fold(text: str) -> str:
    """Text as search compares it: without case, accents and surplus spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(kept.split())


def searchable(dienst: Dienst) -> str:
    """All text of a service that search looks in, folded."""
    return fold(" ".join((dienst.naam, dienst.upl_naam, *dienst.omschrijving.values())))


def encode_cursor(naam: str, identifier: str) -> str:
    """An opaque place in the catalogue: after this service."""
    return base64.urlsafe_b64encode(f"{naam}\n{identifier}".encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> tuple[str, str]:
    """The place a cursor stands for. Raises InvalidCursor."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise InvalidCursor from error
    naam, separator, identifier = text.rpartition("\n")
    if not separator or "\x00" in text:
        raise InvalidCursor
    return naam, identifier


def require_dienst_id(text: str) -> DienstId:
    """A service id is a urn:uuid in lower case (RFC 9562 section 4). Raises InvalidRegistration."""
    if not _URN_UUID.fullmatch(text):
        raise InvalidRegistration
    return DienstId(text)


def check_dienst(dienst: Dienst) -> Dienst:
    """The service, when it can be registered. Raises InvalidRegistration."""
    require_dienst_id(dienst.id)
    complete = (
        dienst.naam.strip() and dienst.actor.startswith("oin:") and dienst.handelingen and dienst.doelen
    )
    if not complete or not _is_uri(dienst.audience):
        raise InvalidRegistration
    if not all(_DOEL.fullmatch(doel) for doel in dienst.doelen):
        raise InvalidRegistration
    if not all(actions <= dienst.handelingen for actions in dienst.beroepsmatig.values()):
        raise InvalidRegistration
    return dienst


def check_client(client: Client) -> Client:
    """The client, when it can be registered. Raises InvalidRegistration.

    Redirect addresses are https, or http on loopback (RFC 8252 section 7.3), without fragment.
    """
    complete = _CLIENT_ID.fullmatch(client.client_id) and client.naam.strip() and client.diensten
    if (
        not complete
        or not client.actor.startswith("oin:")
        or not client.domein.startswith(client.actor + "|")
    ):
        raise InvalidRegistration
    if client.token_endpoint_auth_method != "private_key_jwt" or not _is_uri(client.audience):
        raise InvalidRegistration
    for address in client.redirect_uris:
        parts = urlsplit(address)
        local = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not (parts.scheme == "https" or local) or not parts.netloc or "#" in address:
            raise InvalidRegistration
    for dienst in client.diensten:
        require_dienst_id(dienst)
    return client


def may_follow(known: str, wanted: str) -> bool:
    """Whether a client's domain may become `wanted`: the same one, or a newer version of it."""
    if known == wanted:
        return True
    try:
        old, new = Domain.parse(known), Domain.parse(wanted)
    except PepError:
        return False
    return (old.actor, old.doel) == (new.actor, new.doel) and old.versie < new.versie


def _is_uri(text: str) -> bool:
    return bool(urlsplit(text).scheme) and not re.search(r"\s", text)
