"""Check a representation token. The recipe, in order; the code below carries the same numbers.

 1. FORM: an ASCII compact JWS of at most 16 KiB, no `crit`.
 2. ALGORITHM AND TYPE: `alg` from our own list (never `none`, HMAC or RS256), `typ` is `at+jwt`.
 3. KEY: `kid` is present and names a key that the issuer publishes; the key fits the `alg`.
 4. SIGNATURE: holds over the bytes as sent.
 5. ISSUER: `iss` is the one issuer we were told to trust.
 6. AUDIENCE: `aud` names us.
 7. CLIENT: `azp` and `client_id` are present and equal (and on our list, where we keep one).
 8. TIMES: `exp` ahead, `nbf` and `iat` not ahead, `exp - iat` at most 300 s, all within the leeway.
 9. SUBJECT: `sub`, `jti` and a known `acr` of at least our minimum; `act` only for known software.
10. CHAIN: each `represents` has `iss` and `sub`, holds nothing but identity, at most five links.
11. POWER: exactly one `authorization_details` of a known type, for us, with a service that stands in
    `scope`, purposes, actions, and a level that the login reached; with a chain also `identifier`,
    `grond` and a `geldig_tot` that is ahead; without a chain none of these.
12. STATUS: the status list says VALID.

What none of this does, and THE CALLER MUST STILL DO:
 * TAKE THE TOKEN FROM THE `Authorization` HEADER ONLY, OVER TLS; never from a URL.
 * ASK `allows(action, dienst, doel)` FOR THE VERY ACT, and decide on the affairs of
   `vertegenwoordigde`, never of `persoon`, when there is a chain.
 * RECORD BOTH: who acted and for whom (`identifier` names the machtiging for this audience).
 * CHECK AGAIN FOR EVERY REQUEST, or at least when `verloopt_op` or the list's `ttl` has passed.
 * REFUSE A SECOND USE of a `jti` where an act may happen only once: the token is a bearer token.
 * TELL `CouldNotCheck` FROM `InvalidEvidence`: the first is 503 and "try again", the second 401.

Sources: RFC 7515, RFC 8725, RFC 9068 section 4, NL GOV OIDC 1.0.1 (representation), RFC 9396, Token
Status List. Numbers 5 to 11 read claims only after number 4 has held.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx2

from keys.kernel.jws import InvalidJws, check_audience, check_times, verify
from keys.kernel.jws.signature import read_header
from machtigen.verifier.deps import default_http, system_clock
from machtigen.verifier.errors import InvalidEvidence
from machtigen.verifier.keyset import IssuerKeys
from machtigen.verifier.model import Partij, StatusResult, Vertegenwoordiging, Voormalig
from machtigen.verifier.policy import Policy, level
from machtigen.verifier.power import Power, read_power
from machtigen.verifier.status import StatusLists

TYP = "at+jwt"
MAXIMUM_TEXT = 512  # characters in one identifier
# Claims that say nothing about identity and so must not stand inside `represents` (NL GOV OIDC).
NOT_IDENTITY = frozenset(
    {"exp", "nbf", "iat", "aud", "jti", "acr", "azp", "client_id", "scope", "act", "cnf"}
)


class Verifier:
    """Checks tokens of one issuer for one audience. Thread-safe; make one and keep it.

    `issuer` is exact, such as `https://machtigen.example.nl/machtigen/login`. `audience` is the
    URI (or URIs) under which this service is registered. `http` must not follow redirects to places
    you do not trust; `clock` gives aware UTC; `jwks_uri` skips the issuer's metadata.
    """

    def __init__(
        self,
        *,
        issuer: str,
        audience: str | Collection[str],
        http: httpx2.Client | None = None,
        clock: Callable[[], datetime] | None = None,
        algorithms: Collection[str] | None = None,
        policy: Policy | None = None,
        jwks_uri: str | None = None,
    ) -> None:
        if not issuer or not audience:
            raise ValueError("a verifier needs an issuer and an audience")
        self.issuer = issuer
        self.audience = (audience,) if isinstance(audience, str) else tuple(audience)
        self.policy = policy or Policy()
        self._algorithms = tuple(algorithms) if algorithms is not None else self.policy.algorithms
        Policy(algorithms=self._algorithms)  # refuses an algorithm outside the list
        self._clock = clock or system_clock
        client = http or default_http()
        self._keys = IssuerKeys(issuer, client, self._clock, self.policy, jwks_uri)
        self._lists = StatusLists(issuer, client, self._clock, self.policy, self._keys.find)

    def verify(self, token: str) -> Vertegenwoordiging:
        """What the token proves. Raises InvalidEvidence or CouldNotCheck, and nothing else."""
        claims = self._signed_claims(token)  # 1–4
        stated = self._stated(claims, self._clock())  # 5–11
        return replace(stated, status=self._lists.check(*_status_reference(claims)))  # 12

    def read_former(self, token: str) -> Voormalig:
        """What a refused token said while it was good, by numbers 1 to 11 at the moment of its issue.

        FOR THE RECORD OF A REFUSAL ONLY: it proves nothing now. Raises InvalidEvidence, CouldNotCheck.
        """
        claims = self._signed_claims(token)
        issued = _moment(claims.get("iat"))
        if issued is None:
            raise InvalidEvidence("no-issue-time")
        return Voormalig(self._stated(claims, issued))

    def _stated(self, claims: dict[str, Any], now: datetime) -> Vertegenwoordiging:
        """Numbers 5 to 11 at `now`; the status list is not asked yet, which `verouderd` says."""
        audience = self._registered_claims(claims, now)  # 5–8
        persoon = self._subject(claims)  # 9
        represents = self._chain(claims.get("represents"))  # 10
        power = self._power(claims, bool(represents), now)  # 11
        issued = datetime.fromtimestamp(claims["iat"], UTC)
        uri, _ = _status_reference(claims)
        return Vertegenwoordiging(
            issuer=self.issuer,
            audience=audience,
            client_id=claims["client_id"],
            jti=claims["jti"],
            persoon=persoon,
            represents=represents,
            acr=claims["acr"],
            scope=tuple(claims["scope"].split()),
            dienst=power.dienst,
            actions=power.actions,
            doelen=power.doelen,
            datatypes=power.datatypes,
            identifier=power.identifier,
            schakels=power.schakels,
            grond=power.grond,
            geldig_tot=power.geldig_tot,
            status=StatusResult(uri, issued, issued, verouderd=True),
            auth_op=_moment(claims.get("auth_time")),
            uitgegeven_op=issued,
            verloopt_op=datetime.fromtimestamp(claims["exp"], UTC),
            claims=claims,
        )

    def _signed_claims(self, token: str) -> dict[str, Any]:
        limit = self.policy.maximum_token_bytes
        try:
            header = read_header(token, limit)  # 1
            alg, kid = header.get("alg"), header.get("kid")
            if not isinstance(alg, str) or alg not in self._algorithms:  # 2, before any key is fetched
                raise InvalidEvidence("algorithm-not-allowed")
            if not isinstance(kid, str) or not 0 < len(kid) <= MAXIMUM_TEXT:  # 3
                raise InvalidEvidence("unknown-key")
            keys = self._keys.find(kid)
            return verify(token, keys, typ=TYP, algorithms=self._algorithms, maximum_bytes=limit)  # 1–4
        except InvalidJws as error:
            raise InvalidEvidence(error.code) from error

    def _registered_claims(self, claims: dict[str, Any], now: datetime) -> str:
        if claims.get("iss") != self.issuer:  # 5
            raise InvalidEvidence("wrong-issuer")
        try:
            check_audience(claims, self.audience)  # 6
            client = _text(claims, "client_id", "no-client")  # 7
            if claims.get("azp") != client:
                raise InvalidEvidence("client-differs")
            if self.policy.clients is not None and client not in self.policy.clients:
                raise InvalidEvidence("unknown-client")
            check_times(claims, now, leeway_s=self.policy.leeway_s, max_age_s=self.policy.maximum_life_s)  # 8
        except InvalidJws as error:
            raise InvalidEvidence(error.code) from error
        given = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        return next(value for value in self.audience if value in given)

    def _subject(self, claims: dict[str, Any]) -> Partij:
        _text(claims, "jti", "no-jti")  # 9
        acr = _text(claims, "acr", "no-level")
        try:
            reached = level(acr)
        except ValueError as error:
            raise InvalidEvidence("no-level") from error
        if reached < level(self.policy.minimum_acr):
            raise InvalidEvidence("level-too-low")
        if "amr" in claims:
            raise InvalidEvidence("forbidden-claim")
        if "act" in claims:
            act = claims["act"]
            if not isinstance(act, dict) or act.keys() - {"sub", "iss"}:
                raise InvalidEvidence("actor-not-software")
            actor = act.get("sub")
            if not isinstance(actor, str) or actor not in self.policy.software_actors:
                raise InvalidEvidence("actor-not-software")
        return _party(claims, self.issuer)

    def _chain(self, represents: object) -> tuple[Partij, ...]:
        chain: list[Partij] = []  # 10
        while represents is not None:
            if not isinstance(represents, dict) or NOT_IDENTITY & represents.keys():
                raise InvalidEvidence("malformed-chain")
            if len(chain) == self.policy.maximum_links:
                raise InvalidEvidence("chain-too-long")
            if represents.get("iss") != self.issuer:
                raise InvalidEvidence("malformed-chain")
            chain.append(_party(represents, self.issuer))
            if "represents" in represents and represents["represents"] is None:
                raise InvalidEvidence("malformed-chain")
            represents = represents.get("represents")
        return tuple(chain)

    def _power(self, claims: dict[str, Any], represented: bool, now: datetime) -> Power:
        if "represents" in claims and not represented:
            raise InvalidEvidence("malformed-chain")
        power = read_power(claims, self.issuer, self.audience, represented)  # 11
        if level(claims["acr"]) < level(power.min_acr):
            raise InvalidEvidence("level-too-low")
        if power.geldig_tot is not None and power.geldig_tot <= now:
            raise InvalidEvidence("power-ended")
        return power


def _party(claims: dict[str, Any], issuer: str) -> Partij:
    sub = _text(claims, "sub", "no-subject")
    kind = claims.get("sub_id_type")
    alt_sub = claims.get("alt_sub", [])
    if kind is not None and not isinstance(kind, str):
        raise InvalidEvidence("malformed-subject")
    if not isinstance(alt_sub, list) or not all(_is_entry(entry) for entry in alt_sub):
        raise InvalidEvidence("malformed-subject")
    return Partij(iss=issuer, sub=sub, sub_id_type=kind, alt_sub=tuple(alt_sub))


def _is_entry(entry: object) -> bool:
    """NL GOV OIDC: each `alt_sub` is an object with at least `sub` and `aud`."""
    return isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in ("sub", "aud"))


def _text(claims: dict[str, Any], name: str, code: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAXIMUM_TEXT or not value.isprintable():
        raise InvalidEvidence(code)
    return value


def _status_reference(claims: dict[str, Any]) -> tuple[str, int]:
    status = claims.get("status")
    reference = status.get("status_list") if isinstance(status, dict) else None
    if not isinstance(reference, dict):
        raise InvalidEvidence("no-status")
    uri, index = reference.get("uri"), reference.get("idx")
    if not isinstance(uri, str) or isinstance(index, bool) or not isinstance(index, int) or index < 0:
        raise InvalidEvidence("no-status")
    return uri, index


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 253_402_300_800:
        return None
    return datetime.fromtimestamp(value, UTC)
