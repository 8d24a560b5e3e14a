"""Translation and keys of actors on the wire: what is signed, by whom, over what.

vergunning (permit)   actor -> both parties   which items, from, to, what for, through which pair
hop (answer)          party -> next, actor    what went in, what came out, for which permit
sleutelaanvraag       actor -> party          seal your key shares to this key of mine
deelsleutel           first -> second party   my part of a public key, and that I know its logarithm
publieke sleutel      second party -> all     the public key of a domain and epoch
toezegging            party -> all            commitments to the factors of my shares for a domain and epoch

Each names the generation of shares that it is about (`generatie`); absent means 1, as before there were
others. Both parties of a pair work in the generation of the permit.

A hop's answer also carries its proof: `S`, `U`, `sleutel_in`, `sleutel_uit`, `bewijs` (the batch, 128
bytes) and `richting` (once per direction); see `keys.kernel.pep.proof` and `…direction`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field

from keys.kernel.pep.encoding import length_prefixed, to_base64url
from keys.kernel.pep.names import SUITE, Context
from keys.wire.doelen import View, Wire

TYP_PERMIT = "pep-vergunning+jwt"
TYP_HOP = "pep-hop+jwt"
TYP_KEY_REQUEST = "pep-sleutelaanvraag+jwt"
TYP_KEY_PART = "pep-deelsleutel+jwt"
TYP_PUBLIC_KEY = "pep-publieke-sleutel+jwt"
TYP_COMMITMENT = "pep-toezegging+jwt"

MAXIMUM_ITEMS = 1000
PERMIT_SECONDS = 120
PERMIT_MAXIMUM_SECONDS = 300
MAXIMUM_GENERATION = 9999

Jws = Annotated[str, Field(min_length=20, max_length=8000)]
Item = Annotated[str, Field(min_length=86, max_length=86)]  # 64 bytes base64url
Items = Annotated[list[Item], Field(min_length=1, max_length=MAXIMUM_ITEMS)]
Generatie = Annotated[int, Field(ge=1, le=MAXIMUM_GENERATION)]
PartijNaam = Annotated[str, Field(pattern=r"^t[123]$")]


def digest_of(items: Iterable[bytes]) -> str:
    """What a signature binds a list of ciphertexts by: SHA-256 over them, length-prefixed, base64url."""
    parts = list(items)
    prefixed = length_prefixed(SUITE.encode(), len(parts).to_bytes(4, "big"), *parts)
    return to_base64url(hashlib.sha256(prefixed).digest())


def hop_statement(
    permit: Mapping[str, Any], party: str, step: int, invoer: str, uitvoer: str
) -> dict[str, Any]:
    """What the statement of `party` about its hop must say, for a permit with these claims."""
    return {
        "iss": party,
        "jti": permit["jti"],
        "actor": permit["iss"],
        "paar": permit["paar"],
        "stap": step,
        "van": f"{permit['van']}|e{permit['van_epoch']}",
        "naar": f"{permit['naar']}|e{permit['naar_epoch']}",
        "doel": permit["doel"],
        "aantal": permit["aantal"],
        "generatie": permit.get("generatie", 1),
        "invoer": invoer,
        "uitvoer": uitvoer,
    }


def states(statement: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Whether a statement says all that is expected; one from before generations is of the first."""
    return all(
        statement.get(name, 1 if name == "generatie" else None) == value for name, value in expected.items()
    )


def generation_of(claims: Mapping[str, Any]) -> int:
    """The generation of shares that something signed is about; 1 where it names none. Raises ValueError."""
    found = claims.get("generatie", 1)
    if type(found) is not int or not 1 <= found <= MAXIMUM_GENERATION:
        raise ValueError("no generation")
    return found


def sealing_info(partij: str, context: Context, request_id: str, generation: int = 1) -> bytes:
    """What a sealed key share is bound to (`info` of HPKE)."""
    parts = (SUITE, "sleuteldelen", partij, str(context), request_id, *_later(generation))
    return length_prefixed(*(part.encode() for part in parts))


def knowledge_context(first: str, second: str, context: Context, generation: int = 1) -> bytes:
    """What a proof of knowledge of a partial key is bound to."""
    parts = (SUITE, "deelsleutel", first, second, str(context), *_later(generation))
    return length_prefixed(*(part.encode() for part in parts))


def _later(generation: int) -> tuple[str, ...]:
    """What is bound of the first generation stays as it was before there were others."""
    return () if generation == 1 else (f"g{generation}",)


class TranscryptieIn(Wire):
    """Translate a batch.

    `kennis`: for each item as the requester made it, the proof that it did (64 bytes). The second party
    gets what the first one made in `items`, and beside it `oorspronkelijk` (what the requester made) and
    the first one's signed answer.
    """

    vergunning: Jws
    items: Items
    kennis: Items
    oorspronkelijk: Items | None = None
    eerste_antwoord: Jws | None = None


class TranscryptieView(View):
    """The translated batch in the order of the request, and the party's signed answer about it."""

    items: list[str]
    antwoord: str


class SleuteldelenIn(Wire):
    """Ask a party for its shares of one's own key."""

    aanvraag: Jws


class SleuteldelenView(View):
    """The shares, sealed to the key in the request: `{"delen": {"12": …, "13": …}}`, 32 bytes base64url."""

    partij: str
    verzegeld: str


class PubliekeSleutelIn(Wire):
    """Ask a party for its part of a public key, or (with `deel`) to complete the other party's part."""

    domein: Annotated[str, Field(max_length=200)]
    epoch: Annotated[int, Field(ge=1, le=999_999)]
    paar: Annotated[list[PartijNaam], Field(min_length=2, max_length=2)]
    deel: Jws | None = None
    generatie: Generatie = 1


class PubliekeSleutelView(View):
    """A signed part (`pep-deelsleutel+jwt`) or a signed public key (`pep-publieke-sleutel+jwt`)."""

    verklaring: str


class ToezeggingView(View):
    """A party's signed commitments (`pep-toezegging+jwt`) to its factors for a domain and epoch."""

    verklaring: str
