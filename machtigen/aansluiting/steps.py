"""The steps that connect a service, in order. Each may be repeated: what is there stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2

from keys.client import (
    DoelView,
    KeysBeheer,
    KeysClient,
    PeerUnavailable,
    RegistryRefused,
    TranslationRefused,
    load_or_obtain_key,
)
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.pep import PepError
from machtigen.aansluiting.errors import Refused, StepFailed
from machtigen.aansluiting.folder import Folder
from machtigen.aansluiting.peers import Beheer
from machtigen.aansluiting.plan import Plan, as_client, as_dienst, as_doel

REASONS = {
    "actor-has-other-keys": "the actor is registered with a key that is not in this folder "
    "(give the key with --actorsleutel, or choose another --onderactor)",
    "already-registered-differently": "something else is registered under this name",
    "caller-rejected": "the operator's key is not the one that is registered there, the address is not the "
    "public one, or the clocks differ",
    "caller-not-allowed": "the key is not that of an operator",
    "direction-ended": "the ground of use was withdrawn or has ended (a new one is granted with "
    "`python -m keys gebruiksgrond verlenen`)",
    "forbidden": "the key is not that of an operator",
    "purpose-differs": "a purpose with this id says something else (choose another --doel)",
    "purpose-has-ended": "the purpose with this id has ended (choose another --doel)",
    "registration-differs": "something else is registered under this --dienst or --client-id",
    "unknown-domein": "machtigen itself is not registered there (see --machtigen-oin)",
}
REPEAT = "repeat the same command to go on from here"


@dataclass(frozen=True)
class Step:
    """`act` says whether it changed something (None: not known). `peer`: who answers, in words."""

    name: str
    peer: str
    act: Callable[[], bool | None]


class Connection:
    """Carries a plan out. `operator`: the operator's key; `actor_key`: an actor's own key, if it has one."""

    def __init__(
        self,
        plan: Plan,
        folder: Folder,
        operator: SigningKey,
        http: httpx2.Client,
        clock: Callable[[], datetime],
        actor_key: SigningKey | None = None,
    ) -> None:
        self._plan = plan
        self._folder = folder
        self._actor_key = actor_key or folder.signing_key("actor.jwk")
        self._client_key = folder.signing_key("jwk.json")
        folder.make_local_key()
        self._registry = KeysBeheer(plan.keys, operator, http, clock)
        self._machtigen = Beheer(plan.machtigen, operator, http, clock)
        self._keys = KeysClient(
            actor=plan.actor,
            signing_key=self._actor_key,
            keys_url=plan.keys,
            party_urls={"t1": plan.t1, "t2": plan.t2},
            http=http,
            clock=clock,
        )

    def steps(self) -> tuple[Step, ...]:
        """All steps, in the order in which they need each other."""
        keys, machtigen = f"keys ({self._plan.keys})", f"machtigen ({self._plan.machtigen})"
        parties = f"a transcryptor ({self._plan.t1}, {self._plan.t2}) or keys"
        return (
            Step(f"register the actor {self._plan.actor}", keys, self._actor),
            Step(f"publish the purpose {self._plan.doel}", keys, self._doel),
            Step(f"register the domain {self._plan.domein}", keys, self._domein),
            Step("obtain the key of the domain from two transcryptors", parties, self._domain_key),
            Step("grant the ground of use from machtigen to the service", keys, self._gebruiksgrond),
            Step(f"register the service {self._plan.dienst}", machtigen, self._dienst),
            Step(f"register the OAuth client {self._plan.client_id}", machtigen, self._client),
            Step("write client.json and voorbeeld.py", "the folder", self._example),
        )

    def run(self, report: Callable[[str], None]) -> None:
        """All steps; one line to `report` for each. Raises StepFailed with one sentence."""
        steps = self.steps()
        for number, step in enumerate(steps, start=1):
            try:
                changed = step.act()
            except (RegistryRefused, TranslationRefused, Refused) as error:
                reason = REASONS.get(error.code, f"refused with code {error.code}")
            except PeerUnavailable:
                reason = f"{step.peer} does not answer"
            except PepError as error:
                reason = f"domein.json does not hold the key of this domain ({error.code})"
            except (OSError, UnusableKey) as error:
                reason = f"the folder cannot be used ({getattr(error, 'strerror', None) or error})"
            else:
                verdict = {True: "done", False: "was there already", None: "in place"}[changed]
                report(f"{number}/{len(steps)}  {step.name}: {verdict}")
                continue
            raise StepFailed(f"Step {number} of {len(steps)} ({step.name}) failed: {reason}; {REPEAT}.")

    def _actor(self) -> bool:
        plan = self._plan
        known = self._keys.actor_keys(plan.actor)
        if known.find(self._actor_key.kid) is not None:
            return False
        if known.as_dict()["keys"]:
            # Registering would replace the keys, and so cut off whoever is this actor now.
            raise Refused("actor-has-other-keys")
        public = Jwks.of(self._actor_key)
        self._registry.register_actor(plan.oin, plan.onderactor, plan.organisatie, "dienst", public)
        return True

    def _doel(self) -> bool:
        known = self._keys.find_doel(self._plan.doel)
        if known is None:
            self._registry.publish_doel(as_doel(self._plan))
            return True
        if known.beeindigd_per is not None:
            raise Refused("purpose-has-ended")
        if not _says_the_same(known, as_doel(self._plan)):
            # Publishing would make a new version of a purpose that others use.
            raise Refused("purpose-differs")
        return False

    def _domein(self) -> None:
        self._registry.register_domein(self._plan.domein)

    def _domain_key(self) -> bool:
        is_new = not self._folder.has("domein.json")
        load_or_obtain_key(self._folder.path / "domein.json", self._keys, self._plan.domein)
        return is_new

    def _gebruiksgrond(self) -> bool:
        van, naar, doel = self._plan.machtigen_domein, self._plan.domein, self._plan.doel
        found = self._keys.find_gebruiksgrond(van, naar, doel)
        is_new = found is None
        if found is None:
            granted = self._folder.read("gebruiksgrond.json")
            if [granted.get(name) for name in ("van", "naar", "doel")] == [str(van), str(naar), doel]:
                # It was granted and is in force no longer: whoever ended it must not be overruled.
                raise Refused("direction-ended")
            found = self._registry.grant(van, naar, doel, self._plan.sinds, bij_overschrijding="alarm")
        self._folder.write("gebruiksgrond.json", found.model_dump(mode="json"))
        return is_new

    def _dienst(self) -> bool:
        return self._machtigen.register("diensten", as_dienst(self._plan))

    def _client(self) -> bool:
        public = Jwks.of(self._client_key).as_dict()
        return self._machtigen.register("clients", as_client(self._plan, public))

    def _example(self) -> bool:
        plan = self._plan
        self._folder.copy_example()
        return self._folder.write(
            "client.json",
            {
                "client_id": plan.client_id,
                "redirect_uris": list(plan.redirect_uris),
                "diensten": [plan.dienst],
                "issuer": plan.issuer,
                "token_endpoint_auth_method": "private_key_jwt",
                "naam": plan.naam,
                "actor": plan.actor,
                "audience": plan.audience,
                "doelen": [plan.doel],
                "domein": str(plan.domein),
            },
        )


def _says_the_same(known: DoelView, wanted: dict[str, Any]) -> bool:
    """Whether a published purpose is the wanted one; since when it holds may differ."""
    return all(getattr(known, name) == value for name, value in wanted.items() if name != "geldig_van")
