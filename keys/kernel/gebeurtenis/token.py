"""Security Event Tokens (RFC 8417) between packages, pushed over HTTP (RFC 8935).

    header  typ secevent+jwt
    claims  iss, aud, iat, exp <= iat + 300 s, jti
            toe         when it took or takes effect (RFC 8417 section 2.2)
            volgnummer  1, 2, 3 … for this receiver: what is lost is seen
            sub_id      whom it is about (RFC 9493), as a ciphertext that only the receiver opens
            betrokkenen the other subjects, in the same form; the body names them by place (0: sub_id)
            events      {type: body}, exactly one

RFC 8417 advises against `exp`, for an event stays true. Here it bounds how long the *statement that lets a
ciphertext be opened* may be used: a token is signed anew for every delivery, with the same `jti`.

A receiver opens a ciphertext only from a token that `read` accepted: signed by the registered issuer, for
this receiver, now. Whether it came before is judged by `jti`, never by bytes: anybody may rerandomise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from keys.kernel.jws import InvalidJws, Jwks, SigningKey, check_audience, check_times, sign, timestamp, verify
from keys.kernel.jws.signature import read_header
from keys.kernel.pep import Ciphertext, Domain, PepError
from keys.kernel.pep.names import SUB_ID_TYPE

TYP = "secevent+jwt"
MEDIA_TYPE = f"application/{TYP}"
LIFETIME = timedelta(seconds=300)
MAXIMUM_SUBJECTS = 120
JTI_LENGTHS = range(16, 129)
ERRORS = frozenset(  # RFC 8935 section 2.4
    {
        "invalid_request",
        "invalid_key",
        "invalid_issuer",
        "invalid_audience",
        "authentication_failed",
        "access_denied",
    }
)


class InvalidSet(Exception):
    """A token is refused. `err`: the code of RFC 8935 section 2.4 for its sender; `reason`: for the log."""

    def __init__(self, err: str, reason: str) -> None:
        super().__init__(reason)
        self.err = err
        self.reason = reason


@dataclass(frozen=True)
class SecurityEvent:
    """One event as it travels. `body` names its subjects by their place in `subjects`."""

    jti: str
    sequence: int
    toe: datetime
    type: str
    body: Mapping[str, Any] = field(repr=False)
    subjects: tuple[Ciphertext, ...] = field(repr=False)


def sign_event(event: SecurityEvent, *, issuer: str, audience: str, key: SigningKey, now: datetime) -> str:
    """The event as a token for one receiver, good for `LIFETIME` from `now`."""
    first, *others = (_sub_id(ciphertext) for ciphertext in event.subjects)
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": audience,
        "iat": timestamp(now),
        "exp": timestamp(now + LIFETIME),
        "jti": event.jti,
        "toe": timestamp(event.toe),
        "volgnummer": event.sequence,
        "sub_id": first,
        "betrokkenen": others,
        "events": {event.type: dict(event.body)},
    }
    return sign(claims, key, typ=TYP)


def read_event(
    token: str,
    *,
    issuer: str,
    audience: str,
    domain: Domain,
    keys: Callable[[str | None], Jwks],
    now: datetime,
) -> SecurityEvent:
    """The event of a token that `issuer` signed for `audience`, with subjects of `domain`, all closed yet.

    `keys(kid)`: the issuer's key set. Raises InvalidSet; what `keys` raises passes through.
    """
    try:
        kid = read_header(token).get("kid")
        known = keys(kid if isinstance(kid, str) else None)
        claims = verify(token, known, typ=TYP)
    except InvalidJws as error:
        raise InvalidSet(_err_of(error.code), error.code) from error
    if claims.get("iss") != issuer:
        raise InvalidSet("invalid_issuer", "wrong-issuer")
    try:
        check_audience(claims, audience)
    except InvalidJws as error:
        raise InvalidSet("invalid_audience", error.code) from error
    try:
        check_times(claims, now, max_age_s=int(LIFETIME.total_seconds()))
        return _event(claims, domain)
    except InvalidJws as error:
        raise InvalidSet("invalid_request", error.code) from error
    except (PepError, ValueError, TypeError, OverflowError) as error:
        raise InvalidSet("invalid_request", "malformed") from error


def _err_of(code: str) -> str:
    return (
        "invalid_key"
        if code in {"unknown-key", "algorithm-does-not-fit-key"}
        else ("authentication_failed" if code == "bad-signature" else "invalid_request")
    )


def _sub_id(ciphertext: Ciphertext) -> dict[str, Any]:
    entry = ciphertext.to_alt_sub()
    return {"format": entry.pop("sub_id_type"), **entry}


def _ciphertext(entry: object, domain: Domain) -> Ciphertext:
    if not isinstance(entry, Mapping) or entry.get("format") != SUB_ID_TYPE:
        raise ValueError("no subject of our format")
    found = Ciphertext.from_alt_sub({**entry, "sub_id_type": SUB_ID_TYPE})
    if found.domain != domain:
        raise ValueError("a subject of another domain")
    return found


def _event(claims: Mapping[str, Any], domain: Domain) -> SecurityEvent:
    jti, sequence, toe = claims.get("jti"), claims.get("volgnummer"), claims.get("toe")
    events, others = claims.get("events"), claims.get("betrokkenen", [])
    if not isinstance(jti, str) or len(jti) not in JTI_LENGTHS:
        raise ValueError("no jti")
    if type(sequence) is not int or not 0 < sequence < 2**63 or type(toe) is not int or toe < 0:
        raise ValueError("no sequence number or time of event")
    if not isinstance(others, list) or len(others) >= MAXIMUM_SUBJECTS:
        raise ValueError("too many subjects")
    if not isinstance(events, Mapping) or len(events) != 1:
        raise ValueError("exactly one event")
    ((kind, body),) = events.items()
    if not isinstance(body, Mapping):
        raise ValueError("no body")
    subjects = tuple(_ciphertext(entry, domain) for entry in (claims.get("sub_id"), *others))
    return SecurityEvent(jti, sequence, datetime.fromtimestamp(toe, UTC), str(kind), dict(body), subjects)
