"""The operator's client of the registry: what exists, and who may translate to whom for what.

Every verb may be repeated: the same content once more changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx2

from keys.client.calling import Calling, RegistryRefused
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.pep import Domain
from keys.wire.doelen import ActorView, DoelView, DomeinView, GebruiksgrondView
from keys.wire.generaties import GeneratieView, OverdrachtenIn, OverdrachtIn, VerversingView

OPERATOR = "beheer"
NAMES_AT_A_TIME = 50


class KeysBeheer:
    """Writes to the registry with the operator's key. Raises RegistryRefused, PeerUnavailable."""

    def __init__(
        self, keys_url: str, key: SigningKey, http: httpx2.Client, clock: Callable[[], datetime]
    ) -> None:
        self._url = keys_url.rstrip("/")
        self._calling = Calling(OPERATOR, key, http, clock, RegistryRefused)

    def register_actor(
        self,
        oin: str,
        onderactor: str,
        naam: str,
        rol: str,
        jwks: Jwks | Mapping[str, Any],
        goedkeuringen: Sequence[str] = (),
    ) -> ActorView:
        """An actor with its public keys; `rol`: identiteit, machtigen, register or dienst.

        An actor that is registered with other keys gets these; any other difference is refused.
        """
        document = jwks.as_dict() if isinstance(jwks, Jwks) else dict(jwks)
        body = {
            "oin": oin,
            "onderactor": onderactor,
            "naam": naam,
            "rol": rol,
            "jwks": document,
            "goedkeuringen": list(goedkeuringen),
        }
        try:
            return ActorView.model_validate(self._send("POST", "/v1/actoren", body))
        except RegistryRefused as refusal:
            known = self._calling.find(f"{self._url}/v1/actoren/{quote(f'oin:{oin}:{onderactor}', safe='')}")
            same = known is not None and (known["naam"], known["rol"]) == (naam, rol)
            if refusal.code != "already-registered-differently" or not same:
                raise
            return self.replace_actor_keys(f"oin:{oin}:{onderactor}", document)

    def replace_actor_keys(
        self, actor: str, jwks: Jwks | Mapping[str, Any], goedkeuringen: Sequence[str] = ()
    ) -> ActorView:
        """Newer public keys for an actor, at once."""
        document = jwks.as_dict() if isinstance(jwks, Jwks) else dict(jwks)
        body = {"jwks": document, "goedkeuringen": list(goedkeuringen)}
        answer = self._send("PUT", f"/v1/actoren/{quote(actor, safe='')}/sleutels", body)
        return ActorView.model_validate(answer)

    def end_actor(self, actor: str) -> ActorView:
        """Withdraw an actor at once; its grounds of use count as ended."""
        path = f"/v1/actoren/{quote(actor, safe='')}/beeindigen"
        return ActorView.model_validate(self._send("POST", path, {}))

    def readmit_actor(
        self,
        oin: str,
        onderactor: str,
        naam: str,
        rol: str,
        jwks: Jwks | Mapping[str, Any],
        goedkeuringen: Sequence[str] = (),
    ) -> ActorView:
        """Admit a withdrawn actor again, with these keys; what it may is granted anew."""
        document = jwks.as_dict() if isinstance(jwks, Jwks) else dict(jwks)
        body = {"oin": oin, "onderactor": onderactor, "naam": naam, "rol": rol, "jwks": document}
        path = f"/v1/actoren/{quote(f'oin:{oin}:{onderactor}', safe='')}/hertoelaten"
        answer = self._send("POST", path, {**body, "goedkeuringen": list(goedkeuringen)})
        return ActorView.model_validate(answer)

    def revoke_epoch(self, domain: Domain, epoch: int) -> DomeinView:
        """Revoke an epoch of a domain at once."""
        path = f"/v1/domeinen/{quote(str(domain), safe='')}/sleutels/{epoch}/intrekken"
        return DomeinView.model_validate(self._send("POST", path, {}))

    def publish_doel(self, doel: Mapping[str, Any], goedkeuringen: Sequence[str] = ()) -> DoelView:
        """A version of a purpose: the members of `keys.wire.doelen.DoelIn`; times may be datetimes.

        `goedkeuringen`: approvals of two operators (`keys.wire.goedkeuring`), where these are needed.
        """
        body = {name: _plain(value) for name, value in doel.items()}
        body |= {"goedkeuringen": list(goedkeuringen)} if goedkeuringen else {}
        return DoelView.model_validate(self._send("POST", "/v1/doelen", body))

    def end_doel(self, doel_id: str, per: datetime) -> DoelView:
        """End a purpose from a moment on."""
        path = f"/v1/doelen/{quote(doel_id, safe='')}/beeindigen"
        return DoelView.model_validate(self._send("POST", path, {"per": _plain(per)}))

    def register_domein(self, domain: Domain) -> DomeinView:
        """A pseudonymisation domain; its actor and its purpose must be registered before."""
        return DomeinView.model_validate(self._send("POST", "/v1/domeinen", {"domein": str(domain)}))

    def renew_domein(self, van: Domain, naar: Domain, geldig_van: datetime) -> DomeinView:
        """Register `naar`, the next version of `van`, with every ground of use in force to or from `van`
        granted again for it, and the step from `van` to `naar` itself."""
        view = self.register_domein(naar)
        for side in ("van", "naar"):
            found = self._calling.find(f"{self._url}/v1/gebruiksgronden", {side: str(van)}) or {}
            for entry in found.get("resultaten", []):
                self._renew(GebruiksgrondView.model_validate(entry), side, van, naar)
        self.grant(van, naar, naar.doel, geldig_van)
        return view

    def _renew(self, ground: GebruiksgrondView, side: str, van: Domain, naar: Domain) -> None:
        """The same ground with `naar` on one side; not one that has ended, nor a step between versions."""
        now = self._calling.clock()
        ends = [end for end in (ground.ingetrokken_op, ground.geldig_tot) if end is not None]
        sides = {"van": Domain.parse(ground.van), "naar": Domain.parse(ground.naar)}
        within = all((one.actor, one.doel) == (van.actor, van.doel) for one in sides.values())
        if within or any(end <= now for end in ends):
            return
        sides[side] = naar
        since, until = ground.geldig_van, ground.geldig_tot
        self.grant(
            sides["van"], sides["naar"], ground.doel, since, until, ground.max_per_dag,
            bij_overschrijding=ground.bij_overschrijding,
        )  # fmt: skip

    def grant(
        self,
        van: Domain,
        naar: Domain,
        doel: str,
        geldig_van: datetime,
        geldig_tot: datetime | None = None,
        max_per_dag: int | None = None,
        *,
        bij_overschrijding: str = "weigeren",
    ) -> GebruiksgrondView:
        """A ground of use; `bij_overschrijding`: `weigeren` (bulk) or `alarm` (log-in)."""
        body = {
            "van": str(van),
            "naar": str(naar),
            "doel": doel,
            "geldig_van": _plain(geldig_van),
            "geldig_tot": _plain(geldig_tot),
            "max_per_dag": max_per_dag,
            "bij_overschrijding": bij_overschrijding,
        }
        return GebruiksgrondView.model_validate(self._send("POST", "/v1/gebruiksgronden", body))

    def withdraw(self, gebruiksgrond_id: str) -> GebruiksgrondView:
        """Withdraw a ground of use at once."""
        path = f"/v1/gebruiksgronden/{quote(gebruiksgrond_id, safe='')}/intrekken"
        return GebruiksgrondView.model_validate(self._send("POST", path, {}))

    def begin_generation(self, nummer: int) -> GeneratieView:
        """Begin to replace all shares: until it is done or given up there are no new domains and keys."""
        return GeneratieView.model_validate(self._send("POST", "/v1/generaties", {"nummer": nummer}))

    def record_carried(self, nummer: int, namen: Sequence[OverdrachtIn]) -> None:
        """What the parties state about all names, some at a time."""
        for at in range(0, len(namen), NAMES_AT_A_TIME):
            body = OverdrachtenIn(namen=list(namen[at : at + NAMES_AT_A_TIME]))
            self._send("POST", f"/v1/generaties/{nummer}/overdrachten", body.model_dump())

    def end_preparation(self, nummer: int, *, use: bool) -> GeneratieView:
        """Have a generation go into use, or give it up."""
        path = f"/v1/generaties/{nummer}/{'ingaan' if use else 'afbreken'}"
        return GeneratieView.model_validate(self._send("POST", path, {}))

    def find_generation(self, nummer: int) -> VerversingView:
        """A generation with all names that go to it. Raises RegistryRefused for an unknown one."""
        found = self._calling.find(f"{self._url}/v1/generaties/{nummer}")
        if found is None:
            raise RegistryRefused("unknown-generatie")
        return VerversingView.model_validate(found)

    def _send(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._calling.send(method, self._url, path, body)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
