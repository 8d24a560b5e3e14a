"""A register that asks another one by itself: a ciphertext opens for a fresh receipt only, once, and only
for a read that the rules allow. Anything else would make the register decrypt for whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from keys.client import KeysClient, rotate
from keys.kernel.caller import assertion
from keys.kernel.jws import Jwks, SigningKey, timestamp
from keys.kernel.pep import Ciphertext, Domain, KeyRing, decrypt, encrypt
from tests.keys.conftest import OORSPRONG, ORIGIN, World, running
from tests.rechten.wereld import OWN, Receipt, Wereld, actor, domein

pytestmark = pytest.mark.slow

SF, INSCHRIJVINGEN = domein("studiefinanciering"), domein("inschrijvingen")
PURPOSE = "recht-op-studiefinanciering"
OTHER = actor("terugbetalen")


# with the real keys


@pytest.fixture
def stelsel(tmp_path: Path) -> Iterator[tuple[World, Wereld]]:
    """The real `keys`, and a register `inschrijvingen` that lets studiefinanciering ask."""
    (tmp_path / "keys").mkdir()
    with running(tmp_path / "keys") as keys:
        house = Wereld(tmp_path / "rechten", keys_url=f"{ORIGIN}/keys", real_keys=keys.http)
        answer = house.beheer("registers", house.register_body("inschrijvingen", ["inschrijving"]))
        assert answer.status_code == 201
        signing = SigningKey.load(house.folder / "sleutels" / "inschrijvingen" / "ondertekening.jwk")
        keys.signing[INSCHRIJVINGEN.actor] = signing
        _, oin, name = INSCHRIJVINGEN.actor.split(":")
        keys.beheer.register_actor(oin, name, name, "register", Jwks.of(signing))
        for of, rol in ((OORSPRONG, "identiteit"), (SF, "register"), (INSCHRIJVINGEN, "register")):
            keys.add_actor(of, rol)
        keys.allow(OORSPRONG, SF, "aanmelding")
        keys.allow(OORSPRONG, INSCHRIJVINGEN, "aanmelding")
        keys.allow(SF, INSCHRIJVINGEN, PURPOSE)
        house.app.state.upkeep()
        house.add_source("bron", ["inschrijvingen"])
        yield keys, house
        house.close()


def at_studiefinanciering(keys: World, enrolled: Callable[[Domain], Ciphertext]) -> Ciphertext:
    """What studiefinanciering stores of a person, encrypted again under its own key."""
    pseudonym = decrypt(enrolled(SF), keys.keys[SF])
    return encrypt(pseudonym, keys.keys[SF].public)


def test_studiefinanciering_reads_inschrijvingen_with_the_real_keys(stelsel: tuple[World, Wereld]) -> None:
    keys, house = stelsel
    person = keys.encrypted(keys.person())

    def enrolled(naar: Domain) -> Ciphertext:
        return keys.client(OORSPRONG.actor).transcrypt([person], naar=naar, doel="aanmelding")[0]

    record = house.record(
        categorie="inschrijving", waarde={"opleiding": "Geneeskunde"}, doel="inschrijvingen"
    )
    ticket = house.ticket("noor", "inschrijvingen", alt_sub=[enrolled(INSCHRIJVINGEN).to_alt_sub()])
    delivered = house.deliver("noor", "inschrijvingen", record, ticket=ticket)
    assert delivered.status_code == 201, delivered.text
    house.grant("inschrijvingen", ["inschrijving"], PURPOSE, afnemer=SF.actor, afnemer_naam={"nl": "DUO"})
    translated, receipt = keys.client(SF.actor).transcrypt_one(
        at_studiefinanciering(keys, enrolled), naar=INSCHRIJVINGEN, doel=PURPOSE
    )

    def read(**changes: Any) -> httpx2.Response:
        claims = {
            "doel": PURPOSE,
            "pseudoniem": translated.to_alt_sub(),
            "ontvangstbewijs": receipt.model_dump(),
            **changes,
        }
        audience = f"{OWN}/api/v1/registers/inschrijvingen"
        token = assertion(SF.actor, keys.signing[SF.actor], audience, keys.now(), claims=claims)
        return house.read(token, "inschrijvingen", PURPOSE)

    other = keys.client(OORSPRONG.actor).transcrypt([person], naar=INSCHRIJVINGEN, doel="aanmelding")[0]
    assert read(pseudoniem=other.to_alt_sub()).json()["code"] == "invalid-token"
    given = read().json()["categorieen"]["inschrijving"]
    assert [one["waarde"] for one in given] == [{"opleiding": "Geneeskunde"}]
    assert read().json()["code"] == "invalid-token"


def test_a_register_opens_old_and_new_epochs_without_a_restart(stelsel: tuple[World, Wereld]) -> None:
    keys, house = stelsel
    pseudonym = keys.person()
    record = house.record(
        categorie="inschrijving", waarde={"opleiding": "Geneeskunde"}, doel="inschrijvingen"
    )

    def delivered() -> int:
        sender = keys.client(OORSPRONG.actor)
        entry = sender.transcrypt([keys.encrypted(pseudonym)], naar=INSCHRIJVINGEN, doel="aanmelding")[0]
        ticket = house.ticket("noor", "inschrijvingen", alt_sub=[entry.to_alt_sub()])
        assert house.deliver("noor", "inschrijvingen", record, ticket=ticket).status_code == 201
        return entry.epoch

    def read(client: KeysClient) -> list[Any]:
        at_home = client.transcrypt_one(
            encrypt(known, keys.keys[SF].public), naar=INSCHRIJVINGEN, doel=PURPOSE
        )
        translated, proof = at_home
        claims = {
            "doel": PURPOSE,
            "pseudoniem": translated.to_alt_sub(),
            "ontvangstbewijs": proof.model_dump(),
        }
        audience = f"{OWN}/api/v1/registers/inschrijvingen"
        token = assertion(SF.actor, keys.signing[SF.actor], audience, keys.now(), claims=claims)
        answer = house.read(token, "inschrijvingen", PURPOSE)
        assert answer.status_code == 200, answer.text
        return [translated.epoch, len(answer.json()["categorieen"]["inschrijving"])]

    house.grant("inschrijvingen", ["inschrijving"], PURPOSE, afnemer=SF.actor, afnemer_naam={"nl": "DUO"})
    enrolled = keys.client(OORSPRONG.actor).transcrypt(
        [keys.encrypted(pseudonym)], naar=SF, doel="aanmelding"
    )[0]
    known = decrypt(enrolled, keys.keys[SF])
    early = keys.client(SF.actor)  # asked the registry before the change
    assert delivered() == 1
    assert read(early) == [1, 1]
    ring = KeyRing(house.folder / "sleutels" / "inschrijvingen" / "domein-inschrijvingen.json")
    assert rotate(ring, keys.client(INSCHRIJVINGEN.actor), INSCHRIJVINGEN).epoch == 2
    assert delivered() == 2
    assert read(early) == [1, 2]
    assert read(keys.client(SF.actor)) == [2, 2]


# with simulated parties, one thing changed at a time


@pytest.fixture
def granted(wereld: Wereld) -> Wereld:
    """The house, in which one other actor may ask studiefinanciering by itself."""
    wereld.grant("studiefinanciering", ["toekenning"], afnemer=OTHER, afnemer_naam={"nl": "Terugbetalen"})
    return wereld


def own(wereld: Wereld, **changes: Any) -> str:
    return wereld.own_token("noor", "studiefinanciering", OTHER, **changes)


def receipt(wereld: Wereld, **changes: Any) -> Receipt:
    return Receipt(OTHER, "studiefinanciering", wereld.now, **changes)


def old(wereld: Wereld) -> dict[str, Any]:
    began = timestamp(wereld.now - timedelta(minutes=3))
    return {"iat": began, "exp": began + 120}


WRONG: dict[str, Callable[[Wereld], str]] = {
    "no-pseudonym": lambda w: own(w, pseudoniem=None, ontvangstbewijs={}),
    "no-receipt": lambda w: own(w, ontvangstbewijs=None),
    "half-a-receipt": lambda w: own(w, ontvangstbewijs={"vergunning": "x" * 30}),
    "for-the-whole-package": lambda w: own(w, audience=OWN),
    "for-another-register": lambda w: own(w, audience=f"{OWN}/api/v1/registers/diplomaregister"),
    "for-another-purpose-than-asked": lambda w: own(w, doel="studiefinanciering"),
    "without-a-purpose": lambda w: own(w, doel=None),
    "a-ciphertext-of-another-domain": lambda w: own(w, pseudoniem=w.entry("noor", "diplomaregister")),
    "a-receipt-of-another-ciphertext": lambda w: own(
        w, ontvangstbewijs=receipt(w).about(w.ciphertext("noor", "studiefinanciering"))
    ),
    "a-permit-of-another-actor": lambda w: own(w, receipt=receipt(w, permit={"iss": actor("ander")})),
    "from-a-domain-of-another-actor": lambda w: own(
        w, receipt=receipt(w, permit={"van": str(domein("diplomaregister"))})
    ),
    "a-permit-signed-by-another": lambda w: own(w, receipt=receipt(w, signers=("bron", "t1", "t2"))),
    "a-permit-to-another-domain": lambda w: own(
        w, receipt=receipt(w, permit={"naar": str(domein("diplomaregister"))})
    ),
    "a-permit-to-another-epoch": lambda w: own(w, receipt=receipt(w, permit={"naar_epoch": 2})),
    "a-permit-for-another-purpose": lambda w: own(w, receipt=receipt(w, permit={"doel": "aanmelding"})),
    "a-permit-for-another-registry": lambda w: own(
        w, receipt=receipt(w, permit={"aud": "https://elders.test/keys"})
    ),
    "a-permit-for-two": lambda w: own(w, receipt=receipt(w, permit={"aantal": 2})),
    "an-old-permit": lambda w: own(w, receipt=receipt(w, permit=old(w))),
    "a-permit-that-lives-too-long": lambda w: own(
        w, receipt=receipt(w, permit={"exp": timestamp(w.now) + 3600})
    ),
    "one-party-twice": lambda w: own(
        w, receipt=receipt(w, permit={"paar": ["t1", "t1"]}, signers=("actor", "t1", "t1"))
    ),
    "an-unknown-party": lambda w: own(
        w, receipt=receipt(w, permit={"paar": ["t1", "t3"]}, signers=("actor", "t1", "t3"))
    ),
    "a-hop-signed-by-the-actor": lambda w: own(w, receipt=receipt(w, signers=("actor", "t1", "actor"))),
    "a-hop-of-another-permit": lambda w: own(w, receipt=receipt(w, first={"jti": "x" * 32})),
    "a-hop-to-another-domain": lambda w: own(
        w, receipt=receipt(w, second={"naar": f"{domein('diplomaregister')}|e1"})
    ),
    "a-first-hop-of-other-items": lambda w: own(w, receipt=receipt(w, first={"invoer": "anders"})),
    "hops-that-do-not-follow": lambda w: own(w, receipt=receipt(w, second={"invoer": "anders"})),
    "another-outcome": lambda w: own(w, receipt=receipt(w, second={"uitvoer": "anders"})),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_ciphertext_without_a_sound_receipt_stays_closed(granted: Wereld, kind: str) -> None:
    answer = granted.read(token=WRONG[kind](granted))
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")
    assert [use["rol"] for use in granted.before("noor")] == ["wijziging"]


def test_a_sound_receipt_opens_once_whatever_assertion_brings_it(granted: Wereld) -> None:
    ciphertext = granted.ciphertext("noor", "studiefinanciering")
    claims = {
        "pseudoniem": ciphertext.to_alt_sub(),
        "ontvangstbewijs": receipt(granted).about(ciphertext),
    }
    first = granted.read(token=own(granted, **claims))
    assert list(first.json()["categorieen"]) == ["toekenning"]
    again = granted.read(token=own(granted, **claims))
    assert (again.status_code, again.json()["code"]) == (401, "invalid-token")


def test_a_receipt_stays_spent_after_a_restart(granted: Wereld) -> None:
    ciphertext = granted.ciphertext("noor", "studiefinanciering")
    claims = {
        "pseudoniem": ciphertext.to_alt_sub(),
        "ontvangstbewijs": receipt(granted).about(ciphertext),
    }
    assert granted.read(token=own(granted, **claims)).status_code == 200
    again = granted.reopened()
    try:
        assert again.read(token=own(again, **claims)).json()["code"] == "invalid-token"
        assert again.read(token=own(again)).status_code == 200
    finally:
        again.close()


def test_a_read_without_a_ground_opens_nothing(wereld: Wereld) -> None:
    broken = wereld.ciphertext("noor", "studiefinanciering")
    (wereld.folder / "sleutels" / "studiefinanciering" / "domein-studiefinanciering.json").unlink()
    again = wereld.reopened()
    try:
        claims = {"pseudoniem": broken.to_alt_sub(), "ontvangstbewijs": receipt(again).about(broken)}
        refused = again.read(token=own(again, **claims))
        assert (refused.status_code, refused.json()["code"]) == (403, "no-ground-for-use")
        again.grant("studiefinanciering", ["toekenning"], afnemer=OTHER, afnemer_naam={"nl": "T"})
        allowed = again.read(token=own(again))
        assert (allowed.status_code, allowed.json()["code"]) == (503, "register-not-ready")
    finally:
        again.close()


def test_receipts_cannot_be_checked_while_the_parties_are_away(granted: Wereld) -> None:
    token = own(granted)
    assert granted.read(token=granted.token()).status_code == 200  # the purpose is remembered
    granted.broken.add("keys")
    answer = granted.read(token=token)
    assert (answer.status_code, answer.json()["code"]) == (503, "peer-unavailable")
