"""A party's part in replacing all shares by fresh ones, pseudonyms and keys unchanged.

For every name x (a domain's s, a context's κ) t1, which holds 12 and 13 of both generations, sends

    q(x) = x_12 x_13 / (x'_12 x'_13)        and t2 and t3 keep    x*_23 = x_23 q(x)

so that x'_12 x'_13 x*_23 = x_12 x_13 x_23. Without q, of which no copy stays, one party's old shares and
another's new ones do not complete each other.

    ask         t2, t3    draw a one-time key; show one's points of the share held with t1
    correct     t1        when both hold the same new shares as we: q, sealed to those keys
    take_over   t2, t3    check every q, keep what share 23 becomes, forget the key
    state       all       commitments in the new generation; t2 also the proofs

Each may be repeated: what was done stays, and is said again.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from keys.kernel.jws import SigningKey, sign
from keys.kernel.jws.keyfile import KeyFileRefused, erase_traces, read_secret, write_secret
from keys.kernel.pep.carry import Carry, CarryFactors, prove_carry
from keys.kernel.pep.direction import Commitment
from keys.kernel.pep.encoding import from_base64url, length_prefixed, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.names import SUITE, Context
from keys.kernel.pep.sealing import OpeningKey, seal
from keys.pseudonyms.carrying import (
    carried_name,
    read_carried,
    read_under,
    seal_under,
    write_carried,
)
from keys.pseudonyms.derive import product, quotient
from keys.pseudonyms.issue import sign_commitments
from keys.pseudonyms.keystore import CARRIER, Keystore, KeystoreRefused
from keys.pseudonyms.messages import CORRECTOR, RECEIVERS, TYP_CORRECTION, TYP_REQUEST, Pile
from keys.pseudonyms.opening import Opening
from keys.pseudonyms.places import Place
from keys.pseudonyms.shares import Carried, Share
from keys.pseudonyms.standing import read_standing, write_standing
from keys.wire.generaties import PROVER, TYP_CARRY, Naam, carry_of

REFRESH_DST = b"machtigen/pep/refresh/1"
WORK_LIMIT = 1 << 26


def work_name(generation: int) -> str:
    """The file with what a party must remember until it is done: of t2 and t3 the one-time key."""
    return f"verversing-{generation}.json"


class Refresh:
    """One party's side of one refresh."""

    def __init__(self, place: Place, key: SigningKey, opening: Opening) -> None:
        self._place = place
        self._party = place.party
        self._key = key
        self._opening = opening
        standing = read_standing(place.folder, place.party)
        if opening.after in standing.erased:
            raise KeystoreRefused(f"generation {opening.after} was erased here, and does not come back")
        if opening.before not in standing.ready:
            raise KeystoreRefused(f"{place.party} does not hold generation {opening.before} any more")

    @property
    def _work_file(self) -> Path:
        return self._place.folder / work_name(self._opening.after)

    def ask(self) -> str:
        """As t2 or t3: the request to t1. Raises KeystoreRefused."""
        share = self._require_receiver()
        if (self._place.folder / carried_name(self._opening.after)).exists():
            raise KeystoreRefused(f"{self._party} took over generation {self._opening.after} already")
        known = self._work()
        if known is not None:
            return str(known["vraag"])
        with contextlib.closing(self._place.open(self._opening.after, carried=False)) as store:
            commitments = {
                str(naam.context): store.held()[share].commitment(naam.context).to_json()
                for naam in self._opening.names
            }
        opening = OpeningKey()
        said = {"sleutel": to_base64url(opening.public), "punten": commitments}
        request = sign({**self._head(), **said}, self._key, typ=TYP_REQUEST)
        with contextlib.closing(self._place.open(self._opening.before)) as old:
            head = {"suite": SUITE, "namen": self._opening.digest, "vraag": request}
            self._write_work(seal_under(old.held()[CARRIER], head, opening.secret))
        return request

    def correct(self, pile: Pile) -> list[str]:
        """As t1: for each of the other two q of every name, sealed. Raises KeystoreRefused."""
        if self._party != CORRECTOR:
            raise KeystoreRefused(f"{CORRECTOR} makes the corrections, not {self._party}")
        asked = pile.asked()
        known = self._work()
        if known is None:
            with contextlib.closing(self._place.open(self._opening.after)) as new:
                self._require_same_shares(pile, new)
                with contextlib.closing(self._place.open(self._opening.before)) as old:
                    plaintext = json.dumps(self._corrections(old, new)).encode()
            messages = [self._sealed(to, plaintext, pile, asked) for to in RECEIVERS]
            known = {"namen": self._opening.digest, "vragen": asked, "correcties": messages}
            self._write_work(known)
        if known["vragen"] != asked:
            raise KeystoreRefused("the corrections were made for other requests than these")
        self._set_ready()
        return [str(message) for message in known["correcties"]]

    def take_over(self, pile: Pile) -> None:
        """As t2 or t3: check every q, and keep what share 23 becomes. Raises KeystoreRefused."""
        share = self._require_receiver()
        folder, after = self._place.folder, self._opening.after
        with contextlib.closing(self._place.open(after, carried=False)) as new:
            if not (folder / carried_name(after)).exists():
                with contextlib.closing(self._place.open(self._opening.before)) as old:
                    q = self._opened(pile, old.held()[CARRIER])
                    carried = self._carried(old, new, share, q, pile)
                write_carried(folder, new.held()[CARRIER], self._party, self._opening.before, carried)
            held = read_carried(folder, new.held()[CARRIER], self._party)
            if set(held.k) != {str(naam.context) for naam in self._opening.names}:
                raise KeystoreRefused(f"{self._party} took over other names than these")
        try:
            erase_traces(self._work_file)
        except OSError as error:
            raise KeystoreRefused(f"{self._work_file} cannot be taken away ({error.strerror})") from error
        self._set_ready()

    def state(self, pile: Pile, now: datetime) -> list[str]:
        """Our commitments in the new generation; of t2 also the proofs. Raises KeystoreRefused."""
        if self._opening.after not in read_standing(self._place.folder, self._party).ready:
            first = "correctie" if self._party == CORRECTOR else "overneem"
            raise KeystoreRefused(f"{self._party} is not that far: `verversing {first}` comes first")
        with contextlib.closing(self._place.open(self._opening.after)) as new:
            said = [sign_commitments(new, naam.context, self._key, now) for naam in self._opening.names]
            if self._party == PROVER:
                third = pile.points("t3", self._opening)
                with contextlib.closing(self._place.open(self._opening.before)) as old:
                    said += [self._proof(naam, old, new, third) for naam in self._opening.names]
        return said

    def _proof(self, naam: Naam, old: Keystore, new: Keystore, third: Mapping[str, Commitment]) -> str:
        context = naam.context
        committed = {**new.commitments(context), "13": third[str(context)]}
        carry = Carry(context, *self._opening.pair, naam.public, naam.before, committed)
        shares = [[store.held()[share] for share in ("12", CARRIER)] for store in (old, new)]
        s_before, s_after = (tuple(one.shuffle_factor(context.domain) for one in side) for side in shares)
        left, right = (one.key_share(context) for one in shares[1])
        factors = CarryFactors((s_before[0], s_before[1]), (s_after[0], s_after[1]), (left, right))
        claims = {**carry_of(context, self._opening.pair), **prove_carry(carry, factors).to_json()}
        return sign(claims, self._key, typ=TYP_CARRY)

    def _corrections(self, old: Keystore, new: Keystore) -> dict[str, dict[str, str]]:
        """q by domain and by context, base64url."""
        shares = [[store.held()[share] for share in RECEIVERS.values()] for store in (old, new)]
        s, k = {}, {}
        for naam in self._opening.names:
            domain, context = naam.context.domain, naam.context
            above, below = (product(*(one.key_share(context) for one in side)) for side in shares)
            k[str(context)] = to_base64url(quotient(above, below))
            if not domain.is_origin:
                above, below = (product(*(one.shuffle_factor(domain) for one in side)) for side in shares)
                s[str(domain)] = to_base64url(quotient(above, below))
        return {"s": s, "k": k}

    def _require_same_shares(self, pile: Pile, new: Keystore) -> None:
        for party, share in RECEIVERS.items():
            points = pile.points(party, self._opening)
            for naam in self._opening.names:
                if points[str(naam.context)] != new.held()[share].commitment(naam.context):
                    raise KeystoreRefused(
                        f"{party} holds another share {share} of generation {self._opening.after} than we"
                    )

    def _sealed(self, to: str, plaintext: bytes, pile: Pile, asked: Mapping[str, str]) -> str:
        try:
            key = from_base64url(pile.request(to)[1].get("sleutel"))
            sealed = seal(key, plaintext, self._info(to, asked))
        except (ValueError, PepError) as error:
            raise KeystoreRefused(f"the request of {to} is malformed") from error
        said = {"aan": to, "vragen": dict(asked), "verzegeld": to_base64url(sealed)}
        return sign({**self._head(), **said}, self._key, typ=TYP_CORRECTION)

    def _opened(self, pile: Pile, old: Share) -> dict[str, dict[str, bytes]]:
        """q of every name, from t1's message. The one-time key lies under the share that is to go, so that a
        copy of its file is worth nothing afterwards. Raises KeystoreRefused."""
        work = self._work()
        if work is None:
            raise KeystoreRefused(f"{self._party} did not ask for this in {self._place.folder}")
        claims = pile.correction(self._party)
        if pile.request(self._party)[0] != work["vraag"]:
            raise KeystoreRefused(f"{CORRECTOR} corrected for another request than ours")
        secret = read_under(old, self._work_file)[1]
        try:
            key = OpeningKey(secret)
            sealed = from_base64url(claims.get("verzegeld"))
            content = json.loads(key.open(sealed, self._info(self._party, pile.asked())))
            return {
                kind: {name: group().check_scalar(from_base64url(q)) for name, q in content[kind].items()}
                for kind in ("s", "k")
            }
        except (ValueError, KeyError, TypeError, AttributeError, PepError) as error:
            raise KeystoreRefused(f"the correction of {CORRECTOR} does not open") from error

    def _carried(
        self, old: Keystore, new: Keystore, share: str, q: Mapping[str, Mapping[str, bytes]], pile: Pile
    ) -> Carried:
        """What share 23 becomes, each q checked: what t1 sends must leave the pseudonym, and the key of the
        certificate, as they were. The third party's points are those that t1 saw as well."""
        other = next(party for party in RECEIVERS if party != self._party)
        points = pile.points(other, self._opening)
        s, k = {}, {}
        for naam in self._opening.names:
            context = naam.context
            if str(context) not in q["k"] or (
                not context.domain.is_origin and str(context.domain) not in q["s"]
            ):
                raise KeystoreRefused(f"the correction of {CORRECTOR} lacks {context}")
            mine = (old.held()[share], new.held()[share])
            k[str(context)] = product(old.held()[CARRIER].key_share(context), q["k"][str(context)])
            sound = _gives_key(naam, k[str(context)], mine[1], points[str(context)])
            if not context.domain.is_origin:
                factor = q["s"][str(context.domain)]
                s[str(context.domain)] = product(old.held()[CARRIER].shuffle_factor(context.domain), factor)
                before = naam.before[RECEIVERS[other]].shuffle
                sound = sound and _keeps(factor, mine, context, before, points[str(context)].shuffle)
            if not sound:
                raise KeystoreRefused(
                    f"{CORRECTOR} sent a wrong correction for {context.domain} epoch {context.epoch}"
                )
        return Carried(s, k)

    def _require_receiver(self) -> str:
        if self._party not in RECEIVERS:
            raise KeystoreRefused(f"{self._party} takes nothing over: it makes the corrections")
        return RECEIVERS[self._party]

    def _head(self) -> dict[str, Any]:
        return {"iss": self._party, **self._opening.head()}

    def _info(self, to: str, asked: Mapping[str, str]) -> bytes:
        head = [str(value) for value in self._opening.head().values()]
        return length_prefixed(REFRESH_DST, *(part.encode() for part in (*head, to, *asked.values())))

    def _set_ready(self) -> None:
        folder = self._place.folder
        standing = read_standing(folder, self._party).with_ready(self._opening.after)
        write_standing(folder, self._party, standing)

    def _work(self) -> dict[str, Any] | None:
        if not self._work_file.exists():
            return None
        try:
            document = json.loads(read_secret(self._work_file, limit=WORK_LIMIT))
            if document["namen"] != self._opening.digest:
                raise KeystoreRefused(f"{self._work_file} is of another refresh, or of other names")
        except KeyFileRefused as error:
            raise KeystoreRefused(str(error)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise KeystoreRefused(f"{self._work_file} is damaged") from error
        return dict(document)

    def _write_work(self, document: Mapping[str, Any]) -> None:
        try:
            write_secret(self._work_file, json.dumps(document).encode(), replace=False)
        except OSError as error:
            raise KeystoreRefused(f"{self._work_file} cannot be written ({error.strerror})") from error


def _gives_key(naam: Naam, carried: bytes, new: Share, other: Commitment) -> bool:
    """κ*_23 κ' (κ' G of the third share) is the certified key."""
    return group().mul(product(carried, new.key_share(naam.context)), other.rekey) == naam.public


def _keeps(
    q: bytes, mine: tuple[Share, Share], context: Context, before: bytes | None, after: bytes | None
) -> bool:
    """q s' (s' G of the third share) = s (s G of the third share)."""
    if before is None or after is None:
        return False
    old, new = (share.shuffle_factor(context.domain) for share in mine)
    return group().mul(product(q, new), after) == group().mul(old, before)
