"""Opening `alt_sub`: only from a verified token, only our own domain and epoch."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from keys.kernel.pep import ActorKey, Domain, Pseudonym, Vault, encrypt, group
from machtigen.verifier import InvalidEvidence, Verifier, Vertegenwoordiging
from machtigen.verifier.pseudonyms import Opener
from tests.verifier.issuer import ISSUER, Issuer

OURS = Domain.parse("oin:00000001003214345000:studiefinanciering|doel:studiefinanciering|v1")
THEIRS = Domain.parse("oin:00000001003214345000:terugbetalen|doel:terugbetalen|v1")


def actor_key(domain: Domain = OURS, epoch: int = 1, seed: int = 7) -> ActorKey:
    return ActorKey(domain, epoch, seed.to_bytes(32, "little"))


def person(name: str, domain: Domain = OURS) -> Pseudonym:
    return Pseudonym(domain, group().from_hash(hashlib.sha512(name.encode()).digest()))


def entry(name: str, key: ActorKey) -> dict[str, Any]:
    return encrypt(person(name, key.domain), key.public, key.epoch).to_alt_sub()


def verified(issuer: Issuer, verifier: Verifier, anja: list[Any], noor: list[Any]) -> Vertegenwoordiging:
    represents = {"iss": ISSUER, "sub": "4Yg8u72NxRkP0s3vJ1hLdQ", "alt_sub": noor}
    return verifier.verify(issuer.token(issuer.claims(alt_sub=anja, represents=represents)))


def test_both_parties_open_to_our_own_pseudonyms(issuer: Issuer, verifier: Verifier) -> None:
    key, vault = actor_key(), Vault(b"k" * 32)
    token = verified(issuer, verifier, [entry("anja", key)], [entry("noor", key)])
    opened = Opener(key, vault).open(token)
    assert opened.persoon.pseudonym == person("anja")
    assert opened.vertegenwoordigde.pseudonym == person("noor")
    assert opened.vertegenwoordigde.pid == vault.pid(person("noor"))
    assert len(opened.vertegenwoordigde.pid or "") == 43
    assert "noor" not in repr(opened)


def test_someone_who_acts_for_themself_is_the_same_party_twice(issuer: Issuer, verifier: Verifier) -> None:
    key = actor_key()
    token = verifier.verify(issuer.token(issuer.for_oneself(alt_sub=[entry("anja", key)])))
    opened = Opener(key).open(token)
    assert opened.persoon == opened.vertegenwoordigde
    assert opened.persoon.pid is None


def test_entries_for_others_are_passed_over(issuer: Issuer, verifier: Verifier) -> None:
    key, other = actor_key(), actor_key(THEIRS, seed=9)
    both = [entry("anja", other), entry("anja", key)]
    opened = Opener(key).open(verified(issuer, verifier, both, [entry("noor", key)]))
    assert opened.persoon.pseudonym.domain == OURS


def test_the_key_of_another_epoch_of_ours_is_found(issuer: Issuer, verifier: Verifier) -> None:
    old, new = actor_key(epoch=1), actor_key(epoch=2, seed=8)
    token = verified(issuer, verifier, [entry("anja", new)], [entry("noor", old)])
    assert Opener([old, new]).open(token).vertegenwoordigde.pseudonym == person("noor")
    with pytest.raises(InvalidEvidence) as refused:
        Opener(old).open(token)
    assert refused.value.code == "no-pseudonym"


def malformed(**changes: Any) -> dict[str, Any]:
    return {**entry("anja", actor_key()), **changes}


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "no-pseudonym"),
        ([entry("anja", actor_key(THEIRS))], "no-pseudonym"),
        ([entry("anja", actor_key()), entry("anja", actor_key())], "no-pseudonym"),
        ([malformed(sub="PEP-other/1:AAAA")], "bad-pseudonym"),
        ([malformed(sub="niets")], "bad-pseudonym"),
        ([malformed(sub="PEP-ristretto255-SHA512/1:" + "A" * 86)], "bad-pseudonym"),
        ([malformed(sub="PEP-ristretto255-SHA512/1:" + "_" * 86)], "bad-pseudonym"),
        ([malformed(epoch="1")], "bad-pseudonym"),
        ([malformed(sub_id_type="urn:nl-eid-gdi:1.0:id:BSN")], "bad-pseudonym"),
    ],
)
def test_what_is_not_ours_or_malformed_is_not_opened(
    issuer: Issuer, verifier: Verifier, entries: list[Any], code: str
) -> None:
    token = verified(issuer, verifier, entries, [entry("noor", actor_key())])
    with pytest.raises(InvalidEvidence) as refused:
        Opener(actor_key()).open(token)
    assert refused.value.code == code


def test_an_opener_holds_one_domain_only() -> None:
    with pytest.raises(ValueError, match="one domain"):
        Opener([actor_key(), actor_key(THEIRS)])
    with pytest.raises(ValueError, match="one domain"):
        Opener([])


def test_a_client_folder_is_enough(issuer: Issuer, verifier: Verifier, tmp_path: Path) -> None:
    key = actor_key()
    (tmp_path / "domein.json").write_text(json.dumps(key.to_json()))
    token = verified(issuer, verifier, [entry("anja", key)], [entry("noor", key)])
    assert Opener.from_folder(tmp_path).open(token).persoon.pid is None
    (tmp_path / "lokaal.key").write_bytes(b"k" * 32)
    assert Opener.from_folder(tmp_path).open(token).persoon.pid == Vault(b"k" * 32).pid(person("anja"))


def test_a_key_file_that_is_added_later_is_found(issuer: Issuer, verifier: Verifier, tmp_path: Path) -> None:
    old, new = actor_key(), actor_key(epoch=2, seed=8)
    (tmp_path / "domein.json").write_text(json.dumps(old.to_json()))
    opener = Opener.from_folder(tmp_path)
    token = verified(issuer, verifier, [entry("anja", new)], [entry("noor", old)])
    with pytest.raises(InvalidEvidence) as refused:
        opener.open(token)
    assert refused.value.code == "no-pseudonym"
    (tmp_path / "domein.e2.json").write_text(json.dumps(new.to_json()))
    opened = opener.open(token)
    assert (opened.persoon.pseudonym, opened.vertegenwoordigde.pseudonym) == (person("anja"), person("noor"))


def test_the_next_version_of_the_domain_is_opened_beside_this_one(
    issuer: Issuer, verifier: Verifier, tmp_path: Path
) -> None:
    later = Domain(OURS.actor, OURS.doel, 2)
    old, new = actor_key(), actor_key(later, seed=8)
    (tmp_path / "domein.json").write_text(json.dumps(old.to_json()))
    opener = Opener.from_folder(tmp_path)
    (tmp_path / "domein.v2.json").write_text(json.dumps(new.to_json()))
    opened = opener.open(verified(issuer, verifier, [entry("anja", new)], [entry("noor", old)]))
    assert opened.persoon.pseudonym == person("anja", later)
    assert opened.vertegenwoordigde.pseudonym == person("noor")


def test_an_empty_folder_is_no_opener(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one domain"):
        Opener.from_folder(tmp_path)
