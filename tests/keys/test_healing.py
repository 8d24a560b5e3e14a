"""What a refresh heals: everything old of one party with everything new of another gives nothing.

Negative test 5 of the design is here: an old share with a refreshed other party fails. (That a permit does
not serve through another pair is in `test_replay.py`.)
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keys.client import TranslationRefused
from keys.kernel.pep import Context, Domain
from keys.kernel.pep.encoding import from_base64url
from keys.kernel.pep.group import ONE, group
from keys.pseudonyms.carrying import read_under
from keys.pseudonyms.derive import PSEUDONYM, factor_by, product
from keys.pseudonyms.keystore import HeldShares, KeystoreRefused
from keys.pseudonyms.places import Place, lock_of
from keys.pseudonyms.refresh import Refresh
from keys.pseudonyms.shares import PARTIES, Share
from tests.keys.conftest import OORSPRONG, STUDIE
from tests.keys.refresh_house import House, house_in
from tests.keys.signing import code, permit_claims, send

pytestmark = pytest.mark.slow
CONTEXT = Context(STUDIE, 1)


def place_of(house: House, party: str) -> Place:
    return Place(house.ceremony.of(party), party, lock_of(None, house.ceremony.key_file(party)), None)


class Refreshed:
    """A house after a refresh, with what was copied of each party before it and while it lasted."""

    def __init__(self, house: House, patch: pytest.MonkeyPatch) -> None:
        self.house = house
        self.expected = house.by_all()
        self.q: dict[str, dict[str, str]] = {}
        honest = Refresh._corrections

        def watched(refresh: Refresh, *stores: Any) -> dict[str, dict[str, str]]:
            self.q = honest(refresh, *stores)
            return self.q

        patch.setattr(Refresh, "_corrections", watched)
        self.old = {party: place_of(house, party).open(1).held() for party in PARTIES}
        self.work: dict[str, bytes] = {}
        for step in house.steps(2):
            if step in ("vraag t2", "vraag t3"):
                party = step[-2:]
                self.work[party] = (house.ceremony.of(party) / "verversing-2.json").read_bytes()
        self.new = {party: place_of(house, party).open(2).held() for party in PARTIES}
        shares = {**self.old["t1"], **self.old["t2"]}
        self.s = product(*(share.shuffle_factor(STUDIE) for share in shares.values()))
        self.sk = product(*(share.key_share(CONTEXT) for share in shares.values()))


@pytest.fixture
def refreshed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refreshed]:
    with house_in(tmp_path, monkeypatch) as house:
        yield Refreshed(house, monkeypatch)


def factors(shares: dict[str, Share], kind: str) -> list[bytes]:
    """All that shares give of one name: what is used, and what their secrets give besides."""
    if kind == "s":
        used = [share.shuffle_factor(STUDIE) for share in shares.values()]
        drawn = [factor_by(share.k_ps.mac, PSEUDONYM, str(STUDIE).encode()) for share in shares.values()]
    else:
        used = [share.key_share(CONTEXT) for share in shares.values()]
        bare = [Share(one.id, one.k_ps, one.k_enc, one.k_beta) for one in shares.values()]
        drawn = [one.key_share(CONTEXT) for one in bare]
    return list(dict.fromkeys([*used, *drawn]))


def reachable(scalars: list[bytes], target: bytes) -> bool:
    """Whether a product of these, each to a power of -2 to 2, is the target."""
    powers = []
    for scalar in scalars:
        inverse = group().scalar_invert(scalar)
        squares = (product(inverse, inverse), inverse, ONE, scalar, product(scalar, scalar))
        powers.append(squares)
    return any(product(*chosen) == target for chosen in itertools.product(*powers))


def test_old_shares_of_one_party_with_new_ones_of_another_give_no_pseudonym_and_no_key(
    refreshed: Refreshed,
) -> None:
    for kind, target in (("s", refreshed.s), ("k", refreshed.sk)):
        for old, new in itertools.permutations(PARTIES, 2):
            held = factors(refreshed.old[old], kind) + factors(refreshed.new[new], kind)
            assert len(held) >= 4
            assert not reachable(held, target), (kind, old, new)
        name = str(STUDIE) if kind == "s" else str(CONTEXT)
        q = from_base64url(refreshed.q[kind][name])
        assert reachable(
            [*factors(refreshed.old["t1"], kind), *factors(refreshed.new["t2"], kind), q], target
        )
        both = factors(refreshed.old["t1"], kind) + factors(refreshed.old["t2"], kind)
        assert reachable(list(dict.fromkeys(both)), target)  # two old ones together: not healed
        both = factors(refreshed.new["t1"], kind)[:2] + factors(refreshed.new["t2"], kind)[:2]
        assert reachable(list(dict.fromkeys(both)), target)


def test_no_correction_stays_anywhere(refreshed: Refreshed) -> None:
    """In no folder, in no message; and who kept the file with the one-time key cannot open it any more."""
    folder = refreshed.house.ceremony.folder
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    values = [from_base64url(value) for kind in refreshed.q.values() for value in kind.values()]
    assert len(values) == 5  # three keys, and two pseudonym factors: the origin has none
    for value in values:
        for shape in (value, value.hex().encode(), base64.urlsafe_b64encode(value).rstrip(b"=")):
            assert not any(shape in content for content in files)
    for party in ("t2", "t3"):
        assert not (refreshed.house.ceremony.of(party) / "verversing-2.json").exists()
        copy = folder / f"{party}-copy.json"
        copy.write_bytes(refreshed.work[party])
        copy.chmod(0o600)
        with pytest.raises(KeystoreRefused, match="does not belong to this share"):
            read_under(refreshed.new[party]["23"], copy)
        assert len(read_under(refreshed.old[party]["23"], copy)[1]) == 96  # it did, as long as that was there


def test_a_party_that_still_works_in_the_old_generation_is_refused_by_a_refreshed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house_in(tmp_path, monkeypatch) as house:
        for step in house.steps(2):
            if step == "in use":
                break
        house.done(*house.end("t2", 2))
        world = house.world
        made = [world.encrypted(person) for person in house.people]
        data = [one.data for one in made]
        claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data, generatie=1)
        first = send(world, "t1", OORSPRONG.actor, claims, data, made=made)
        assert first.status_code == 200  # t1 has not ended it yet
        middle = [from_base64url(item) for item in first.json()["items"]]
        refused = send(world, "t2", OORSPRONG.actor, claims, middle, made=made,
                       first_answer=first.json()["antwoord"])  # fmt: skip
        assert code(refused) == (409, "share-generation-unknown")
        newer = {**claims, "generatie": 2}
        mixed = send(world, "t2", OORSPRONG.actor, newer, middle, made=made,
                     first_answer=first.json()["antwoord"])  # fmt: skip
        assert code(mixed) in {(422, "item-not-made-by-requester"), (403, "first-answer-invalid")}
        for wrong in (0, -1, "2", True, 10**9):
            odd = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data, generatie=wrong)
            assert code(send(world, "t1", OORSPRONG.actor, odd, data, made=made)) == (403, "permit-invalid")
        never = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data, generatie=7)
        assert code(send(world, "t1", OORSPRONG.actor, never, data, made=made)) == (
            409,
            "share-generation-unknown",
        )


@pytest.mark.parametrize("pair", [("t1", "t2"), ("t2", "t1")])
def test_a_party_that_lies_about_its_generation_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pair: tuple[str, str]
) -> None:
    """t1 says generation 2 and works with its old shares: as the first party t2 sees it, as the second the
    requester."""
    with house_in(tmp_path, monkeypatch) as house:
        expected = house.by_all()
        old = place_of(house, "t1").open(1)
        for _ in house.steps(2):
            pass
        house.by_all()  # t1 has compared its commitments: a liar leaves that out
        partij = house.world.app.state.keys.parties["t1"].partij
        true = partij.generations._open[2]
        partij.generations._open[2] = HeldShares("t1", old.held(), False, 2)
        house.world.app.state.keys.parties["t1"].transcryptor._prover._directions.clear()
        with pytest.raises(TranslationRefused) as refused:
            house.translated(house.client(pair))
        assert refused.value.code in {"first-answer-invalid", "answer-invalid", "key-not-certified"}
        partij.generations._open[2] = true
        house.world.app.state.keys.parties["t1"].transcryptor._prover._directions.clear()
        assert house.by_all() == expected


def test_the_names_of_a_domain_without_a_key_follow_from_the_new_shares(refreshed: Refreshed) -> None:
    other = Domain(STUDIE.actor, STUDIE.doel, 2)
    for party in PARTIES:
        for share, held in refreshed.new[party].items():
            assert held.shuffle_factor(other) != refreshed.old[party][share].shuffle_factor(other)
