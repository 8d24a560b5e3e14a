"""Check, without asking anybody, a history that a person took away: nothing was changed, removed or added.

    regel   = SHA-256( lp(label, machtiging) ‖ lp(name, value) for each field that is there )
    fields  = nummer, op, gebeurtenis, door, functie, reden, inhoud, vorige      always in this order
    vorige  = regel of the line before it in the same machtiging; 32 zero bytes before the first

Every part stands behind its length (4 bytes, big-endian), every field behind its name: no two lines give
the same bytes, and a field that a later version adds leaves the older lines as they were. Rejected: RFC
8785 for the line, which needs a number format and a library for what are five short strings; only `inhoud`
is JSON, and there canonical means sorted names, no spaces, no fractions (within RFC 8785).

    uitvoer = {"inhoud": {part: …}, "handtekening": JWS}       typ geschiedenis-uitvoer+jwt
    claims  = iss, iat, soort, delen {part: SHA-256 of its canonical JSON}, ketens {machtiging: [regel, …]}

The signature holds the hash of each line by itself, so that a check can say which line is wrong. It shows
that the house said this at that moment; not that the house told everything: compare two exports, or an
export with a later seal, for that.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from keys.kernel.jws import InvalidJws, Jwks, verify
from machtigen.verifier.errors import AlteredExport

LABEL = b"machtigen/geschiedenis/regel/1"
TYP = "geschiedenis-uitvoer+jwt"
NO_LINE = bytes(32)
MAXIMUM_BYTES = 32 * 1024 * 1024
_OPTIONAL = ("functie", "reden", "inhoud")


@dataclass(frozen=True)
class Uitvoer:
    """Uitvoer (export) that was checked: who made it, when, and what it holds."""

    issuer: str
    gemaakt_op: datetime
    soort: str
    machtigingen: tuple[str, ...]
    regels: int


def canonical(value: object) -> bytes:
    """JSON as bytes: names sorted, no spaces, UTF-8. Raises ValueError for a fraction."""
    _require_no_fraction(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _require_no_fraction(value: object) -> None:
    if isinstance(value, float):
        raise ValueError("no fractions")
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for one in inner:
        _require_no_fraction(one)


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON, base64url."""
    return to_text(hashlib.sha256(canonical(value)).digest())


def to_text(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def hash_line(machtiging: str, regel: Mapping[str, Any]) -> bytes:
    """The hash of one line, 32 bytes. `regel`: its fields as exported; `vorige` is base64url.

    Raises ValueError when a field is not what it must be.
    """
    fields = [
        ("nummer", _number(regel["nummer"])),
        ("op", _text(regel["op"])),
        ("gebeurtenis", _text(regel["gebeurtenis"])),
        ("door", _text(regel["door"])),
    ]
    for name in _OPTIONAL:
        value = regel.get(name)
        if value is not None:
            fields.append((name, canonical(value) if name == "inhoud" else _text(value)))
    fields.append(("vorige", _bytes(regel["vorige"])))
    content = _prefixed(LABEL, machtiging.encode())
    return hashlib.sha256(
        content + b"".join(_prefixed(name.encode(), value) for name, value in fields)
    ).digest()


def _prefixed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _number(value: object) -> bytes:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
        raise ValueError("not a number of a line")
    return str(value).encode()


def _text(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value.encode()


def _bytes(value: object) -> bytes:
    if not isinstance(value, str) or not value.isascii():
        raise ValueError("not a hash")
    try:
        data = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not a hash") from error
    if len(data) != len(NO_LINE) or to_text(data) != value:
        raise ValueError("not a hash")
    return data


def verify_export(document: object, keys: Jwks, *, issuer: str | None = None) -> Uitvoer:
    """What a checked export holds. Raises AlteredExport, whose sentence names what is wrong, and where.

    `document` is the file, read by `read_export`; `keys` are those of the issuer; with `issuer` it must be
    this one that signed.
    """
    content, claims = _signed(document, keys)
    if issuer is not None and claims["iss"] != issuer:
        raise AlteredExport("other-issuer")
    chains = _chains(content)
    signed: dict[str, list[str]] = claims["ketens"]
    for machtiging in [*signed, *chains]:
        if (machtiging in signed) != (machtiging in chains):
            raise AlteredExport("chain-missing" if machtiging in signed else "chain-added", machtiging)
        check_chain(machtiging, chains[machtiging], signed[machtiging])
    parts: dict[str, str] = claims["delen"]
    for part in [*parts, *content]:
        if part not in content or part not in parts or digest(content[part]) != parts[part]:
            raise AlteredExport("part-changed", part)
    return Uitvoer(
        issuer=claims["iss"],
        gemaakt_op=datetime.fromtimestamp(claims["iat"], UTC),
        soort=claims["soort"],
        machtigingen=tuple(signed),
        regels=sum(map(len, signed.values())),
    )


def read_export(data: bytes) -> object:
    """The file as JSON. Raises AlteredExport: no JSON, a fraction, or a name that stands twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a name stands twice")
        return dict(pairs)

    def refuse(_text: str) -> float:
        raise ValueError("no fractions")

    if len(data) > MAXIMUM_BYTES:
        raise AlteredExport("malformed")
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=once, parse_float=refuse, parse_constant=refuse
        )
    except (ValueError, RecursionError) as error:
        raise AlteredExport("malformed") from error


def _signed(document: object, keys: Jwks) -> tuple[dict[str, Any], dict[str, Any]]:
    if not isinstance(document, dict) or set(document) != {"inhoud", "handtekening"}:
        raise AlteredExport("malformed")
    content, token = document["inhoud"], document["handtekening"]
    if not isinstance(content, dict) or not isinstance(token, str):
        raise AlteredExport("malformed")
    try:
        claims = verify(token, keys, typ=TYP, maximum_bytes=MAXIMUM_BYTES)
        if not all(_is_one_text(part) for part in token.split(".")):
            raise AlteredExport("signature")
    except InvalidJws as error:
        raise AlteredExport("signature") from error
    kinds = {"iss": str, "iat": int, "soort": str, "delen": dict, "ketens": dict}
    if not all(isinstance(claims.get(name), kind) for name, kind in kinds.items()):
        raise AlteredExport("signature")
    return content, claims


def _is_one_text(part: str) -> bool:
    """Whether this is the one way to write these bytes: base64url has loose bits at its end."""
    return to_text(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) == part


def _chains(content: Mapping[str, Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    given = content.get("geschiedenis")
    for chain in given if isinstance(given, list) else [None]:
        if not isinstance(chain, dict) or set(chain) != {"machtiging", "regels"}:
            raise AlteredExport("malformed")
        machtiging, lines = chain["machtiging"], chain["regels"]
        if not isinstance(machtiging, str) or not isinstance(lines, list) or machtiging in found:
            raise AlteredExport("malformed")
        found[machtiging] = lines
    return found


def check_chain(machtiging: str, lines: Sequence[object], signed: Sequence[str]) -> None:
    """Whether these are the signed lines, and each holds on to the one before. Raises AlteredExport."""
    found = [_hash_or_none(machtiging, line) for line in lines]
    for number in range(1, max(len(found), len(signed)) + 1):
        here = found[number - 1] if number <= len(found) else None
        wanted = signed[number - 1] if number <= len(signed) else None
        if here != wanted or here is None:
            raise AlteredExport(_difference(number, found, signed), machtiging, number)
    before = NO_LINE
    for number, line in enumerate(lines, start=1):
        fields: Any = line
        if fields["nummer"] != number or _bytes(fields["vorige"]) != before:
            raise AlteredExport("line-loose", machtiging, number)
        before = hash_line(machtiging, fields)


def _hash_or_none(machtiging: str, line: object) -> str | None:
    """The hash of a line; None when it is no line, or its own hash is another."""
    known = {"nummer", "op", "gebeurtenis", "door", "vorige", "hash", *_OPTIONAL}
    if not isinstance(line, dict) or not set(line) <= known:
        return None
    try:
        computed = to_text(hash_line(machtiging, line))
    except (ValueError, KeyError):
        return None
    return computed if line.get("hash") == computed else None


def _difference(number: int, found: Sequence[str | None], signed: Sequence[str]) -> str:
    """How the first line that differs differs."""
    if number > len(found):
        return "line-missing"
    if number > len(signed):
        return "line-added"
    here, wanted = found[number - 1], signed[number - 1]
    if here in signed:
        if found.count(here) > 1:
            return "line-added"
        return "line-moved" if wanted in found else "line-missing"
    return "line-added" if wanted in found else "line-changed"
