"""The messages of a refresh, as files between machines; together they are its transcript.

    vraag         t2, t3    a one-time HPKE key; points of the share that it holds with t1 (t2: 12, t3: 13)
    correctie     t1        to t2 and to t3: q of every name, sealed to that key; names both requests
    toezegging    all       commitments in the new generation, for each name
    overdracht    t2        the proof that nothing changed, for each name

They are JWS under the parties' published keys, in any order, any number in a file. The same one twice is
one; two different ones where there is one are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keys.kernel.jws import InvalidJws, Jwks, verify
from keys.kernel.pep.direction import Commitment
from keys.kernel.pep.errors import PepError
from keys.pseudonyms.ceremony import message_digest
from keys.pseudonyms.keystore import KeystoreRefused
from keys.pseudonyms.opening import Opening
from keys.wire.generaties import PROVER, TYP_CARRY, Naam, OverdrachtIn, check_carried
from keys.wire.transcrypties import TYP_COMMITMENT
from keys.wire.verklaringen import PARTIES, InvalidStatement

TYP_REQUEST = "pep-verversvraag+jwt"
TYP_CORRECTION = "pep-ververscorrectie+jwt"
CORRECTOR = "t1"  # holds 12 and 13
RECEIVERS: Mapping[str, str] = {"t2": "12", "t3": "13"}  # who carries, and its share with the corrector
TYPES = (TYP_REQUEST, TYP_CORRECTION, TYP_COMMITMENT, TYP_CARRY)
MESSAGE_LIMIT = 1 << 26
Said = tuple[str, dict[str, Any]]  # a message, and what it says


@dataclass
class Pile:
    """Messages of one refresh, each signed by who says it. `requests` by sender, `corrections` by receiver;
    commitments by context and party, carry proofs by context."""

    requests: dict[str, Said] = field(default_factory=dict)
    corrections: dict[str, Said] = field(default_factory=dict)
    commitments: dict[tuple[str, str], Said] = field(default_factory=dict)
    carries: dict[str, str] = field(default_factory=dict)

    def request(self, party: str) -> Said:
        """A party's request. Raises KeystoreRefused."""
        return _there(self.requests.get(party), f"the request (vraag) of {party}")

    def correction(self, receiver: str) -> dict[str, Any]:
        """What t1 corrected for a party, about exactly these two requests. Raises KeystoreRefused."""
        claims = _there(self.corrections.get(receiver), f"the correction of {CORRECTOR} for {receiver}")[1]
        if claims.get("vragen") != self.asked():
            raise KeystoreRefused(f"{CORRECTOR} corrected for other requests than these")
        return claims

    def asked(self) -> dict[str, str]:
        """Digests of both requests."""
        return {party: message_digest(self.request(party)[0]) for party in RECEIVERS}

    def points(self, party: str, opening: Opening) -> dict[str, Commitment]:
        """By context what a requester says of the share that it holds with t1. Raises KeystoreRefused."""
        stated = self.request(party)[1].get("punten")
        try:
            if not isinstance(stated, dict):
                raise PepError("malformed-commitment")
            found = {str(name): Commitment.from_json(value) for name, value in stated.items()}
        except PepError as error:
            raise KeystoreRefused(f"the request of {party} is malformed") from error
        wanted = {str(naam.context): naam.context.domain.is_origin for naam in opening.names}
        if {name: point.shuffle is None for name, point in found.items()} != wanted:
            raise KeystoreRefused(f"the request of {party} is about other names")
        return found

    def statements(self, naam: Naam) -> tuple[list[str], str]:
        """All parties' new commitments for a name, and its carry proof. Raises KeystoreRefused."""
        where = f"{naam.context.domain} epoch {naam.context.epoch}"
        tokens = []
        for party in PARTIES:
            found = self.commitments.get((str(naam.context), party))
            tokens.append(_there(found, f"the commitments (toezeg) of {party} for {where}")[0])
        carry = self.carries.get(str(naam.context))
        if carry is None:
            raise KeystoreRefused(f"the proof of {PROVER} for {where} lacks")
        return tokens, carry


def _there(found: Said | None, what: str) -> Said:
    if found is None:
        raise KeystoreRefused(f"{what} lacks")
    return found


def read_pile(paths: Iterable[Path], opening: Opening, parties: Mapping[str, Jwks]) -> Pile:
    """All messages in these files. Raises KeystoreRefused with one sentence."""
    pile = Pile()
    for path in paths:
        try:
            tokens = path.read_text("ascii").split()
        except (OSError, ValueError) as error:
            raise KeystoreRefused(f"{path} does not hold messages") from error
        if not tokens:
            raise KeystoreRefused(f"{path} does not hold messages")
        for token in tokens:
            try:
                _put(pile, token, opening, parties)
            except KeystoreRefused as error:
                raise KeystoreRefused(f"{path}: {error}") from error
    return pile


def _put(pile: Pile, token: str, opening: Opening, parties: Mapping[str, Jwks]) -> None:
    typ, party, claims = _open(token, parties)
    if claims.get("iss") != party or claims.get("generatie") != opening.after:
        raise KeystoreRefused(f"a message of {party} is not about generation {opening.after}")
    name = f"{claims.get('domein')}|e{claims.get('epoch')}"
    if typ in (TYP_REQUEST, TYP_CORRECTION):
        if any(claims.get(member) != value for member, value in opening.head().items()):
            raise KeystoreRefused(f"a message of {party} is of another refresh, or of other names")
    elif name not in {str(naam.context) for naam in opening.names}:
        raise KeystoreRefused(f"{party} states something about {name}, which is not in this refresh")
    if typ == TYP_REQUEST and party in RECEIVERS:
        _once(pile.requests, party, (token, claims), f"{party} made two different requests")
    elif typ == TYP_CORRECTION and party == CORRECTOR and claims.get("aan") in RECEIVERS:
        where = str(claims["aan"])
        _once(pile.corrections, where, (token, claims), f"{party} made two different corrections for {where}")
    elif typ == TYP_COMMITMENT:
        known = pile.commitments.setdefault((name, party), (token, claims))
        if known[1].get("delen") != claims.get("delen"):
            raise KeystoreRefused(f"{party} committed to two different things for {name}")
    elif typ == TYP_CARRY and party == PROVER:
        pile.carries.setdefault(name, token)  # a proof is made anew each time, and says the same
    else:
        raise KeystoreRefused(f"{party} has no such message to send")


def _once(
    where: dict[str, Said],
    key: str,
    message: Said,
    otherwise: str,
) -> None:
    if where.setdefault(key, message)[0] != message[0]:
        raise KeystoreRefused(otherwise)


def _open(token: str, parties: Mapping[str, Jwks]) -> tuple[str, str, dict[str, Any]]:
    for party, keys in parties.items():
        for typ in TYPES:
            try:
                return typ, party, verify(token, keys, typ=typ, maximum_bytes=MESSAGE_LIMIT)
            except InvalidJws:
                continue
    raise KeystoreRefused("this holds a message that no party signed")


def check_pile(pile: Pile, opening: Opening, parties: Mapping[str, Jwks]) -> list[OverdrachtIn]:
    """The whole transcript: requests, corrections about these requests, and for every name all commitments
    and the proof. Gives what the registry is to record. Raises KeystoreRefused with one sentence."""
    asked = {party: pile.points(party, opening) for party in RECEIVERS}
    for receiver in RECEIVERS:
        pile.correction(receiver)
    before = {(one.domein, one.epoch): one.toezeggingen_voor for one in opening.view.namen}
    found = []
    for naam in opening.names:
        tokens, carry = pile.statements(naam)
        domein, epoch = str(naam.context.domain), naam.context.epoch
        try:
            stated = check_carried(naam, tokens, carry, parties, opening.pair)
        except InvalidStatement as error:
            raise KeystoreRefused(
                f"the new shares do not hold for {domein} epoch {epoch} ({error.code})"
            ) from error
        for party, share in RECEIVERS.items():
            if asked[party][str(naam.context)] != stated[share]:
                raise KeystoreRefused(f"{party} asked with another share {share} than it commits to")
        found.append(
            OverdrachtIn(
                domein=domein, epoch=epoch, toezeggingen_voor=before[domein, epoch],
                toezeggingen_na=tokens, overdracht=carry,
            )
        )  # fmt: skip
    return found
