"""A transcryptor that lies, in every way there is, with the best proof it can make for its lie.

As the first party it is refused by the second; as the last by the requester; and what it kept for the
auditor shows it later. Nothing of a lie is ever used.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from keys.client import TranslationRefused
from keys.command.judging import Auditor
from keys.kernel.pep import OwnCiphertext, decrypt, group, rerandomise
from keys.kernel.pep.direction import ShareFactors
from keys.kernel.pep.proof import HopStatement, prove_hop
from keys.preparation import make_auditor_key
from keys.pseudonyms.model import Permit
from keys.pseudonyms.proving import Done, Prover
from keys.wire.hopbewijs import Committed, proof_members
from tests.keys.conftest import DIPLOMA, OORSPRONG, STUDIE, World
from tests.keys.signing import code, permit_claims, proofs_of, send

Lie = Callable[[list[bytes]], list[bytes]]


def replaced(items: list[bytes], index: int, item: bytes) -> list[bytes]:
    return [*items[:index], item, *items[index + 1 :]]


def shifted(items: list[bytes]) -> list[bytes]:
    """Two errors that cancel each other out in any unweighted sum."""
    error = group().mul_base(group().random_scalar())
    up = items[0][:32] + group().add(items[0][32:], error)
    down = items[1][:32] + group().subtract(items[1][32:], error)
    return [up, down, *items[2:]]


def captured() -> bytes:
    return group().mul_base(group().random_scalar()) + group().mul_base(group().random_scalar())


LIES: dict[str, Lie] = {
    "swapped": lambda items: [items[1], items[0], *items[2:]],
    "doubled": lambda items: replaced(items, 1, items[0]),
    "injected": lambda items: replaced(items, 0, captured()),
    "wrong": lambda items: replaced(
        items, 0, group().mul(group().random_scalar(), items[0][:32]) + items[0][32:]
    ),
    "compensated": shifted,
    "dropped": lambda items: items[:-1],
    "one-too-many": lambda items: [*items, captured()],
}


class LyingProver(Prover):
    """Works honestly, then changes the outputs and proves what it can about the changed ones."""

    def __init__(self, honest: Prover, lie: Lie) -> None:
        super().__init__(honest._generations)
        self.lie = lie
        self.lies = 0

    def work(
        self,
        permit: Permit,
        items: Sequence[bytes],
        key_in: bytes,
        committed: Committed,
        held: Mapping[str, ShareFactors],
    ) -> Done:
        done = super().work(permit, items, key_in, committed, held)
        outputs = self.lie(done.items)
        store = self._generations.of(permit.generation)
        factors = store.hop_factors(permit.pair, permit.van, permit.naar)
        proven = next(iter(self._directions.values()))
        inputs = list(items)[: len(outputs)] + list(items)[: max(0, len(outputs) - len(items))]
        statement = HopStatement(
            permit.van, permit.naar, permit.pair.work_of(store.party), permit.request_id,
            proven.s_point, proven.u_point, key_in, done.key_out, inputs, outputs,
        )  # fmt: skip
        rhos = [group().random_scalar() for _ in outputs]
        proof = prove_hop(statement, factors.s, factors.u, rhos)
        self.lies += 1
        return Done(outputs, done.key_out, proof_members(key_in, done.key_out, proof, proven))


@contextmanager
def lying(world: World, party: str, lie: Lie) -> Iterator[LyingProver]:
    transcryptor = world.app.state.keys.parties[party].transcryptor
    honest = transcryptor._prover
    liar = transcryptor._prover = LyingProver(honest, lie)
    try:
        yield liar
    finally:
        transcryptor._prover = honest


def batch(world: World, count: int = 4) -> list[OwnCiphertext]:
    return [world.encrypted(world.person()) for _ in range(count)]


@pytest.mark.parametrize("kind", LIES)
@pytest.mark.parametrize("party", ["t1", "t2"])
def test_a_lie_is_refused_and_nothing_of_it_is_used(world: World, party: str, kind: str) -> None:
    client = world.client(OORSPRONG.actor)
    client.pairs = [("t1", "t2")]
    with lying(world, party, LIES[kind]) as liar:
        with pytest.raises(TranslationRefused) as refused:
            client.transcrypt(batch(world), naar=STUDIE, doel="aanmelding")
        assert liar.lies == 1
    # dropped and added items are seen by their number already; all others by the proof alone
    by_requester = party == "t2" or kind in {"dropped", "one-too-many"}
    assert refused.value.code in (
        {"answer-invalid"} if by_requester else {"first-answer-invalid", "answer-invalid"}
    )
    assert client.transcrypt(batch(world), naar=STUDIE, doel="aanmelding")


def test_the_requester_checks_the_first_hop_before_it_asks_the_second(world: World) -> None:
    client = world.client(OORSPRONG.actor)
    client.pairs = [("t1", "t2")]
    before = world.app.state.keys.parties["t2"].partij.store.list_audits()
    with lying(world, "t1", LIES["swapped"]), pytest.raises(TranslationRefused, match="answer-invalid"):
        client.transcrypt(batch(world), naar=STUDIE, doel="aanmelding")
    assert world.app.state.keys.parties["t2"].partij.store.list_audits() == before


def test_the_second_party_refuses_a_lie_that_the_requester_would_pass_on(world: World) -> None:
    """Requester and first party together cannot make the second one work on a captured ciphertext."""
    made = batch(world, 2)
    data = [one.data for one in made]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    with lying(world, "t1", LIES["injected"]):
        first = send(world, "t1", OORSPRONG.actor, claims, data, made=made)
    assert first.status_code == 200
    middle = first.json()["items"]
    refused = send(
        world,
        "t2",
        OORSPRONG.actor,
        claims,
        data,
        made=made,
        first_answer=first.json()["antwoord"],
        items=middle,
    )
    assert code(refused) == (403, "first-answer-invalid")


def test_an_actor_that_did_not_make_an_item_is_refused_and_told_which(world: World) -> None:
    """A captured ciphertext, and a rerandomised one, have no r that the requester knows."""
    own, foreign = batch(world, 2)
    stolen = rerandomise(foreign, world.keys[OORSPRONG].public)
    data = [own.data, stolen.data]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    forged = send(world, "t1", OORSPRONG.actor, claims, data, made=[own, _like(foreign, stolen.data)])
    assert (*code(forged), forged.json()["item"]) == (422, "item-not-made-by-requester", 1)
    with pytest.raises(ValueError, match="made ourselves"):
        world.client(OORSPRONG.actor).transcrypt([stolen], naar=STUDIE, doel="aanmelding")


def _like(own: OwnCiphertext, data: bytes) -> OwnCiphertext:
    """Other bytes, claimed with the randomness of one's own."""
    return OwnCiphertext(own.domain, own.epoch, data, own.r)


def test_a_proof_of_another_request_does_not_serve(world: World) -> None:
    made = batch(world, 1)
    data = [made[0].data]
    one = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    other = {**one, "jti": secrets.token_urlsafe(24)}
    refused = send(world, "t1", OORSPRONG.actor, other, data, made=made, kennis=proofs_of(world, one, made))
    assert code(refused) == (422, "item-not-made-by-requester")


def test_an_audit_finds_one_lie_among_many_honest_items(world: World) -> None:
    """What the liar kept for the auditor shows it, also when nobody refused it then."""
    sleutels = world.folder / "sleutels"
    client = world.client(OORSPRONG.actor)
    client.pairs = [("t1", "t2")]
    for _ in range(3):
        client.transcrypt(batch(world, 20), naar=DIPLOMA, doel="aanmelding")

    def audit(party: str) -> tuple[Auditor, list[dict[str, str | int]]]:
        auditor = Auditor.open(
            sleutels,
            party,
            str(world.folder / f"keys-{party}.db"),
            str(world.folder / "keys.db"),
            sleutels / "partijen.json",
        )
        return auditor, [found for copy in auditor.copies() if (found := auditor.judge(copy))]

    known = {found["aanvraag"] for found in audit("t1")[1]}
    with lying(world, "t1", LIES["swapped"]), pytest.raises(TranslationRefused):
        client.transcrypt(batch(world, 20), naar=DIPLOMA, doel="aanmelding")
    auditor, findings = audit("t1")
    fresh = [found for found in findings if found["aanvraag"] not in known]
    assert [found["code"] for found in fresh] == ["proof-invalid"]
    assert auditor.items >= 80
    assert not [found for found in audit("t2")[1] if found["code"] != "proof-invalid"]


def test_an_auditor_without_the_key_reads_nothing(world: World, tmp_path: Path) -> None:
    make_auditor_key(tmp_path)
    world.client(OORSPRONG.actor).transcrypt(batch(world, 1), naar=STUDIE, doel="aanmelding")
    auditor = Auditor.open(
        tmp_path,
        "t1",
        str(world.folder / "keys-t1.db"),
        str(world.folder / "keys.db"),
        world.folder / "sleutels" / "partijen.json",
    )
    found = [auditor.judge(copy) for copy in auditor.copies()[:3]]
    assert {one["code"] for one in found if one} == {"copy-does-not-open"}
    person = world.person()
    translated = world.client(OORSPRONG.actor).transcrypt(
        [world.encrypted(person)], naar=STUDIE, doel="aanmelding"
    )
    raw = (world.folder / "keys-t1.db").read_bytes() + (world.folder / "keys-t1.db-wal").read_bytes()
    assert decrypt(translated[0], world.keys[STUDIE]).point not in raw
