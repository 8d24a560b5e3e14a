"""Generations of the shares on the wire, and the check that a later one changed nothing.

overdracht   t2 -> all    for one domain and epoch: the proof that the shares of a later generation have the
                          same product, and give the certified key (`keys.kernel.pep.carry`)

A name (naam) is a domain and epoch that has a certified key. Nobody is believed alone: each holder of a
share has stated its commitments, in both generations, and all holders agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from keys.kernel.jws import InvalidJws, Jwks, verify
from keys.kernel.pep.carry import Carry, CarryProof, verify_carry
from keys.kernel.pep.direction import Commitment
from keys.kernel.pep.encoding import length_prefixed, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.names import SUITE, Context, Domain
from keys.wire.doelen import View, Wire
from keys.wire.transcrypties import Generatie
from keys.wire.verklaringen import (
    PARTIES,
    InvalidStatement,
    party_of_commitment,
    read_certificates,
    read_commitments,
)

TYP_CARRY = "pep-overdracht+jwt"
PROVER = "t2"  # holds shares 12 and 23
GENERATION_UNKNOWN = "share-generation-unknown"

Verklaring = Annotated[str, Field(max_length=8000)]


class GeneratieIn(Wire):
    """Begin to replace all shares: from now on the list of names is fixed."""

    nummer: Generatie


class OverdrachtIn(Wire):
    """For one name: the parties' commitments in both generations, and the proof that nothing changed."""

    domein: Annotated[str, Field(max_length=200)]
    epoch: Annotated[int, Field(ge=1, le=999_999)]
    toezeggingen_voor: Annotated[list[Verklaring], Field(min_length=3, max_length=3)]
    toezeggingen_na: Annotated[list[Verklaring], Field(min_length=3, max_length=3)]
    overdracht: Verklaring


class OverdrachtenIn(Wire):
    """Some names at a time: a body has at most a mebibyte."""

    namen: Annotated[list[OverdrachtIn], Field(min_length=1, max_length=50)]


class GeneratieView(View):
    """A generation of shares, and the one that it replaces."""

    nummer: int
    vorige: int
    stand: Literal["begonnen", "ingegaan", "afgebroken"]


class GeneratiesView(View):
    """Which generation is in use, which one is being prepared, and all that ever were."""

    in_gebruik: int
    begonnen: int | None = None
    resultaten: tuple[GeneratieView, ...] = ()


class NaamView(View):
    """A name: its certified key, with what is recorded of it in both generations."""

    domein: str
    epoch: int
    bewijzen: list[str]
    toezeggingen_voor: list[str]
    toezeggingen_na: tuple[str, ...] = ()
    overdracht: str | None = None

    @property
    def context(self) -> Context:
        """Raises PepError."""
        return Context(Domain.parse(self.domein), self.epoch)


class VerversingView(View):
    """A generation with all names that go to it."""

    nummer: int
    vorige: int
    stand: Literal["begonnen", "ingegaan", "afgebroken"] = "begonnen"
    namen: list[NaamView]


@dataclass(frozen=True)
class Naam:
    """A name (naam) to be carried: its certified key (32 bytes) and what all holders committed to before."""

    context: Context
    public: bytes
    before: Mapping[str, Commitment]


def read_naam(
    context: Context,
    certificates: Iterable[str],
    before: Iterable[str],
    parties: Mapping[str, Jwks],
    generation: int,
) -> Naam:
    """A name with the commitments of every party in the generation that ends. Raises InvalidStatement."""
    public = read_certificates(certificates, parties, context)
    return Naam(context, public, _of_all(before, parties, context, generation))


def check_carried(
    naam: Naam, after: Iterable[str], carry: str, parties: Mapping[str, Jwks], generations: tuple[int, int]
) -> dict[str, Commitment]:
    """What all holders commit to in the later of `generations`, proven to be the same pseudonyms and key.

    Raises InvalidStatement `invalid-commitment`, `commitments-differ`, `commitments-incomplete`,
    `invalid-carry`.
    """
    committed = _of_all(after, parties, naam.context, generations[1])
    stated = carry_of(naam.context, generations)
    try:
        claims = verify(carry, parties[PROVER], typ=TYP_CARRY)
        if any(claims.get(name) != value for name, value in stated.items()):
            raise InvalidStatement("invalid-carry")
        what = Carry(naam.context, *generations, naam.public, naam.before, committed)
        verify_carry(what, CarryProof.from_json(claims))
    except (InvalidJws, PepError, KeyError) as error:
        raise InvalidStatement("invalid-carry") from error
    return committed


def carry_of(context: Context, generations: tuple[int, int]) -> dict[str, object]:
    """What a carry proof must say it is about."""
    return {
        "iss": PROVER,
        "domein": str(context.domain),
        "epoch": context.epoch,
        "vorige": generations[0],
        "generatie": generations[1],
    }


def digest_of_names(names: Iterable[Naam], generations: tuple[int, int]) -> str:
    """What messages of one refresh name it by: SHA-256 over both generations and all names, base64url."""
    ordered = sorted((str(naam.context).encode(), naam.public) for naam in names)
    numbers = (str(number).encode() for number in generations)
    parts = (part for pair in ordered for part in pair)
    return to_base64url(hashlib.sha256(length_prefixed(SUITE.encode(), *numbers, *parts)).digest())


def _of_all(
    tokens: Iterable[str], parties: Mapping[str, Jwks], context: Context, generation: int
) -> dict[str, Commitment]:
    """Commitments on which all three parties agree, each of which stated them."""
    given = list(tokens)
    found = read_commitments(given, parties, context, generation)
    if {party_of_commitment(token, parties, context, generation) for token in given} != set(PARTIES):
        raise InvalidStatement("commitments-incomplete")
    return found
