"""No database and no log of rechten holds a pseudonym, a ciphertext, a ticket or a session secret."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from tests.rechten.wereld import Wereld


def everything(folder: Path) -> bytes:
    """The databases with their journals, and the log; not the key files, which are secrets."""
    wanted = {".db", ".db-wal", ".jsonl"}
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.suffix in wanted)


def spellings(value: bytes) -> list[bytes]:
    plain = base64.b64encode(value)
    return [value, value.hex().encode(), plain.rstrip(b"="), base64.urlsafe_b64encode(value).rstrip(b"=")]


def test_nothing_that_says_who_stands_in_a_database_or_log(wereld: Wereld) -> None:
    token = wereld.token()
    wereld.read(token=token)
    wereld.read(token=wereld.token(), doel="onbekend")
    wereld.inspect("noor")
    wereld.log_in()
    wereld.client.get("/rechten/inzage")
    cookie = wereld.client.cookies["rechten_sessie"]
    pseudonyms = [
        wereld.pseudonym(persoon, register).point
        for persoon in ("noor", "anja")
        for register in ("studiefinanciering", "diplomaregister")
    ]
    keys = [key.secret for key in wereld.actor_keys.values()]
    found = everything(wereld.folder)
    assert b"betrokkene" in found
    for secret in [*pseudonyms, *keys]:
        assert not any(spelling in found for spelling in spellings(secret))
    for text in (token, cookie, "toegang-noor", "sid-noor toegang", "mp_7Qd2nR9sKf0", "paarsgewijs-anja"):
        assert text.encode() not in found


def test_two_registers_share_no_row_key_and_no_tag(wereld: Wereld) -> None:
    record = wereld.record(categorie="diploma", doel="diplomaregister")
    wereld.deliver("noor", "diplomaregister", record)
    values: list[set[str]] = []
    for register in ("studiefinanciering", "diplomaregister"):
        engine = wereld.app.state.services.registers.require(register).database.engine
        with engine.connect() as connection:
            pids = {row[0] for row in connection.exec_driver_sql("SELECT pid FROM betrokkene")}
            tags = {row[0] for row in connection.exec_driver_sql("SELECT data_subject_id FROM logregel")}
        values.append(pids | tags)
    assert values[0]
    assert not values[0] & values[1]


def test_one_idempotency_key_leaves_different_traces_at_two_registers(wereld: Wereld) -> None:
    """A source may use one key everywhere, and the number of a person as that key."""
    number = "999990007"
    stored: list[set[str]] = []
    for register, categorie in (("studiefinanciering", "toekenning"), ("diplomaregister", "diploma")):
        record = wereld.record(categorie=categorie, doel=register)
        answer = wereld.deliver("noor", register, record, headers={"Idempotency-Key": number})
        again = wereld.deliver("noor", register, record, headers={"Idempotency-Key": number})
        assert (answer.status_code, again.json()) == (201, answer.json())
        engine = wereld.app.state.services.registers.require(register).database.engine
        with engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT sleutel, vingerafdruk FROM herhaling").all()
        stored.append({value for row in rows for value in row})
    guesses = (number, json.dumps(["bron", number]))
    assert len(stored[0]) == 2
    assert not stored[0] & stored[1]
    assert not stored[0] & {hashlib.sha256(guess.encode()).hexdigest() for guess in guesses}
