"""A party that lies in a refresh: each lie has its sentence, and the old shares go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keys.client import RegistryRefused
from keys.doelen import store
from keys.kernel.jws import Jwks, SigningKey, sign, verify
from keys.kernel.jws.signature import read_header, unverified_claims
from keys.kernel.pep import Context
from keys.kernel.pep.encoding import to_base64url
from keys.kernel.pep.group import group
from keys.pseudonyms import refresh
from keys.pseudonyms.refresh import Refresh
from keys.pseudonyms.shares import PARTIES, Carried
from keys.wire.generaties import TYP_CARRY, OverdrachtIn
from keys.wire.transcrypties import TYP_COMMITMENT
from tests.keys.conftest import DIPLOMA, OORSPRONG, STUDIE
from tests.keys.refresh_house import House, house_in

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with house_in(tmp_path, monkeypatch) as made:
        made.new_shares(2)
        made.begin(2)
        expected = made.by_all()
        yield made
        assert made.by_all() == expected  # whatever was tried


def wrong() -> str:
    return to_base64url(group().random_scalar())


def ask(house: House) -> None:
    for party in ("t2", "t3"):
        house.say("vraag", party, 2)


@pytest.mark.parametrize(("kind", "name"), [("s", f"{STUDIE}"), ("k", f"{OORSPRONG}|e1")])
def test_a_wrong_correction_for_one_name_is_refused_by_both_receivers(
    house: House, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    ask(house)
    honest = Refresh._corrections

    def lie(self: Refresh, *stores: Any) -> dict[str, dict[str, str]]:
        made = honest(self, *stores)
        assert name in made[kind]
        made[kind][name] = wrong()
        return made

    monkeypatch.setattr(Refresh, "_corrections", lie)
    house.say("correctie", "t1", 2)
    domain = name.removesuffix("|e1")
    for party in ("t2", "t3"):
        said = house.refused(*house.step("overneem", party, 2))
        assert said == f"t1 sent a wrong correction for {domain} epoch 1"
        assert not (house.ceremony.of(party) / "gedragen-2.json").exists()


def test_a_correction_that_leaves_a_name_out_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(house)
    honest = Refresh._corrections

    def lie(self: Refresh, *stores: Any) -> dict[str, dict[str, str]]:
        made = honest(self, *stores)
        del made["s"][str(STUDIE)]
        return made

    monkeypatch.setattr(Refresh, "_corrections", lie)
    house.say("correctie", "t1", 2)
    assert house.refused(*house.step("overneem", "t2", 2)) == f"the correction of t1 lacks {STUDIE}|e1"


def carry_otherwise(patch: pytest.MonkeyPatch, factor: Callable[[], bytes], *liars: str) -> None:
    """These parties keep another factor for one domain than they should."""
    honest = Refresh._carried

    def lie(self: Refresh, *arguments: Any) -> Carried:
        made = honest(self, *arguments)
        if self._party not in liars:
            return made
        return replace(made, s={**made.s, str(STUDIE): factor()})

    patch.setattr(Refresh, "_carried", lie)


def prepare(house: House) -> None:
    ask(house)
    house.say("correctie", "t1", 2)
    for party in ("t2", "t3"):
        house.say("overneem", party, 2)
    for party in PARTIES:
        house.say("toezeg", party, 2)


@pytest.mark.parametrize(
    ("liars", "code"),
    [(("t2",), "commitments-differ"), (("t3",), "commitments-differ"), (("t2", "t3"), "invalid-carry")],
)
def test_who_carries_another_factor_is_seen_by_everybody(
    house: House, monkeypatch: pytest.MonkeyPatch, liars: tuple[str, ...], code: str
) -> None:
    """One alone contradicts the other holder; both together have no proof."""
    factor = group().random_scalar()
    carry_otherwise(monkeypatch, lambda: factor, *liars)
    prepare(house)
    sentence = f"the new shares do not hold for {STUDIE} epoch 1 ({code})"
    for words in (house.verify(2), house.enter(2)):
        assert house.refused(*words) == sentence
    with pytest.raises(RegistryRefused, match="invalid-carry"):
        house.world.beheer.record_carried(2, brought(house))
    with pytest.raises(RegistryRefused, match="names-not-carried"):
        house.world.beheer.end_preparation(2, use=True)


def brought(house: House) -> list[OverdrachtIn]:
    """What the registry would be given, unchecked."""
    opening = json.loads(house.opening(2).read_text())
    said: dict[tuple[str, str], str] = {}
    for token in (token for path in house.messages(2) for token in path.read_text().split()):
        typ, claims = read_header(token, 1 << 20)["typ"], unverified_claims(token, 1 << 20)
        if typ in (TYP_COMMITMENT, TYP_CARRY):
            said[claims["iss"] if typ == TYP_COMMITMENT else "proof", claims["domein"]] = token
    return [
        OverdrachtIn(
            domein=one["domein"], epoch=1, toezeggingen_voor=one["toezeggingen_voor"],
            toezeggingen_na=[said[party, one["domein"]] for party in PARTIES],
            overdracht=said["proof", one["domein"]],
        )
        for one in opening["namen"]
    ]  # fmt: skip


def test_parties_do_not_believe_the_registry_about_what_was_carried(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes the registry's database has a lie of two parties go into use: no party serves it."""
    factor = group().random_scalar()
    carry_otherwise(monkeypatch, lambda: factor, "t2", "t3")
    prepare(house)
    monkeypatch.setattr("keys.wire.generaties.verify_carry", lambda *_: None)
    names = brought(house)
    house.world.beheer.record_carried(2, names)
    house.world.beheer.end_preparation(2, use=True)
    monkeypatch.undo()
    for party in house.world.app.state.keys.parties.values():
        party.partij.generations.adopt_new()
        assert party.partij.keystore.generation == 1
    log = (house.world.folder / "keys.jsonl").read_text()
    assert log.count("share-generation-refused") >= 3
    assert "share-generation-served" not in log


def test_a_proof_that_was_changed_or_signed_by_another_is_refused(house: House) -> None:
    prepare(house)
    path = house.folder(2) / "t2-toezeg.jws"
    honest = path.read_text()
    key = SigningKey.load(house.ceremony.of("t2") / "ondertekening.jwk")
    tokens = honest.split()
    claims = verify(tokens[-1], Jwks.of(key), typ=TYP_CARRY)
    point = to_base64url(group().mul_base(group().random_scalar()))
    for changes in (
        {"bewijzen": {**claims["bewijzen"], "k": claims["bewijzen"]["k_after"]}},
        {"producten": {**claims["producten"], "k_after": point}},
        {"bewijzen": {}},
    ):  # fmt: skip
        path.write_text("\n".join([*tokens[:-1], sign({**claims, **changes}, key, typ=TYP_CARRY)]))
        said = house.refused(*house.enter(2))
        assert said == f"the new shares do not hold for {claims['domein']} epoch 1 (invalid-carry)"
    path.write_text("\n".join([*tokens[:-1], sign(claims, SigningKey.generate("Ed25519"), typ=TYP_CARRY)]))
    assert house.refused(*house.enter(2)).endswith("this holds a message that no party signed")
    path.write_text("\n".join(tokens[:-1]))
    assert house.refused(*house.enter(2)) == f"the proof of t2 for {claims['domein']} epoch 1 lacks"
    path.write_text("\n".join(tokens[1:]))
    assert "the commitments (toezeg) of t2 for" in house.refused(*house.enter(2))
    path.write_text(honest)
    house.done(*house.verify(2))


def test_messages_of_another_refresh_are_refused(house: House) -> None:
    prepare(house)
    old = house.messages(2)
    house.done("afbreken", 2, *house.registry())
    for party in PARTIES:
        house.done(*house.end(party, 2))
    house.new_shares(3)
    house.begin(3)
    for party in ("t2", "t3"):
        house.say("vraag", party, 3)
    for path in old:
        words = ("correctie", "t1", house.opening(3), *house.messages(3), path, *house.words("t1"))
        assert house.refused(*words).endswith("is not about generation 3")
    fewer = json.loads(house.opening(3).read_text())
    fewer["namen"] = fewer["namen"][1:]
    house.opening(3).write_text(json.dumps(fewer))
    said = house.refused(*house.step("correctie", "t1", 3))
    assert said.endswith("is of another refresh, or of other names")
    assert house.refused(*house.step("vraag", "t2", 3)).endswith("is of another refresh, or of other names")


def test_a_name_that_came_in_all_the_same_stops_the_refresh_and_not_the_old_shares(house: House) -> None:
    """Whoever writes the registry's database adds a key while the list of names is fixed."""
    prepare(house)
    registry = house.world.app.state.keys.registry
    (known,) = registry.list_keys(DIPLOMA)
    added = replace(known, context=Context(DIPLOMA, 7))
    registry._database.write(lambda session: store.add_key(session, added, house.world.now()))
    assert house.refused(*house.enter(2)) == "the registry has other names than this refresh began with"
    house.world.beheer.record_carried(2, brought(house))
    with pytest.raises(RegistryRefused, match="names-not-carried"):
        house.world.beheer.end_preparation(2, use=True)
    house.done("afbreken", 2, *house.registry())


def test_two_different_requests_or_corrections_of_one_party_are_refused(house: House) -> None:
    ask(house)
    first = (house.folder(2) / "t2-vraag.jws").read_text()
    (house.ceremony.of("t2") / "verversing-2.json").unlink()
    second = house.folder(2) / "t2-vraag-2.jws"
    second.write_text(house.done(*house.step("vraag", "t2", 2)))
    assert house.refused(*house.step("correctie", "t1", 2)).endswith("t2 made two different requests")
    (house.folder(2) / "t2-vraag.jws").unlink()
    house.say("correctie", "t1", 2)
    second.write_text(first)
    assert house.refused(*house.step("correctie", "t1", 2)).endswith("for other requests than these")
    assert house.refused(*house.step("overneem", "t2", 2)).endswith("for other requests than these")


def test_a_party_with_other_new_shares_is_told_so(house: House) -> None:
    """t2 made its share 12 with somebody else."""
    ask(house)
    path = house.folder(2) / "t2-vraag.jws"
    key = SigningKey.load(house.ceremony.of("t2") / "ondertekening.jwk")
    claims = verify(path.read_text().strip(), Jwks.of(key), typ=refresh.TYP_REQUEST, maximum_bytes=1 << 20)
    point = to_base64url(group().mul_base(group().random_scalar()))
    claims["punten"][f"{STUDIE}|e1"]["s"] = point
    path.write_text(sign(claims, key, typ=refresh.TYP_REQUEST))
    said = house.refused(*house.step("correctie", "t1", 2))
    assert said == "t2 holds another share 12 of generation 2 than we"


def test_steps_out_of_order_and_damaged_files_are_one_sentence_each(house: House) -> None:
    t1, t2 = house.ceremony.of("t1"), house.ceremony.of("t2")
    assert "the request (vraag) of t2 lacks" in house.refused(*house.step("correctie", "t1", 2))
    assert "takes nothing over" in house.refused(*house.step("vraag", "t1", 2))
    assert "t1 makes the corrections" in house.refused(*house.step("correctie", "t2", 2))
    assert "did not ask for this" in house.refused(*house.step("overneem", "t2", 2))
    assert "`verversing overneem` comes first" in house.refused(*house.step("toezeg", "t2", 2))
    assert "`verversing correctie` comes first" in house.refused(*house.step("toezeg", "t1", 2))
    assert "does not say that generation 2 is in use" in house.refused(*house.end("t1", 2))
    assert "knows no generation 9" in house.refused(*house.end("t1", 9))
    assert "is no party" in house.refused("vraag", "t9", house.opening(2), *house.words("t1"))
    ask(house)
    house.say("correctie", "t1", 2)
    work = t2 / "verversing-2.json"
    kept = work.read_text()
    work.write_text(kept[:-40])
    assert "is damaged" in house.refused(*house.step("overneem", "t2", 2))
    document = json.loads(kept)
    work.write_text(json.dumps({**document, "inhoud": "A" + document["inhoud"][1:-1] + "A"}))
    assert "is damaged, or does not belong" in house.refused(*house.step("overneem", "t2", 2))
    work.write_text(kept)
    house.say("overneem", "t2", 2)
    carried = t2 / "gedragen-2.json"
    kept = carried.read_text()
    carried.write_text(kept.replace('"vorige": 1', '"vorige": 2'))
    assert "is damaged, or does not belong" in house.refused(*house.step("toezeg", "t2", 2))
    carried.write_text("{}")
    assert "is damaged" in house.refused(*house.step("toezeg", "t2", 2))
    carried.write_text(kept)
    assert "took over generation 2 already" in house.refused(*house.step("vraag", "t2", 2))
    (t1 / "generaties.json").write_text("{}")
    assert "does not hold the generations" in house.refused(*house.step("toezeg", "t1", 2))
    house.opening(2).write_text("{}")
    assert "does not hold the beginning of a refresh" in house.refused(*house.verify(2))
