"""Rows in a worker: both forms of a pseudonym, every reason to leave a row out, every reason to stop."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from keys.bulk.errors import ConversionStopped
from keys.bulk.opening import Row
from keys.kernel.pep import SUITE, ActorKey, Domain, encrypt
from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.wire.certificaat import CertificateRule, header_value
from tests.keys.bulk.registers import DOEL, Register, person
from tests.keys.conftest import World, doel

pytestmark = pytest.mark.slow


def test_both_forms_arrive_at_the_receiver_as_the_same_person_and_in_order(register: Register) -> None:
    people = [person(register.key.domain) for _ in range(3)]
    rows = [form(one) for one in people for form in (register.wrapped, register.encrypted)]
    done = register.worker().convert(rows)
    expected = register.expected(people)
    assert [register.received(text) for text in done.texts] == [one for one in expected for _ in range(2)]
    assert done.refused == []
    assert len(set(done.texts)) == 6  # the same person twice, in texts that cannot be told to be the same


def changed(text: str | None, at: int = 20) -> str:
    """A text with one character that is another one."""
    assert text is not None
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


Make = Callable[[Register], Row]


def of_another_domain(register: Register) -> Row:
    other = person(Domain(register.key.domain.actor, "iets-anders"))
    return Row(to_base64url(register.vault.wrap(other)), register.vault.pid(other))


def with_another_pid(register: Register) -> Row:
    one, other = person(register.key.domain), person(register.key.domain)
    return replace(register.wrapped(one), pid=register.vault.pid(other))


BAD: dict[str, tuple[str, Row | Make]] = {
    "nothing": ("empty", Row("")),
    "no value": ("empty", Row(None)),
    "too few fields": ("malformed-row", Row(None, broken=True)),
    "no base64url": ("malformed-wrapping", Row("geen pseudoniem!", "x")),
    "not what utf-8 can say": ("malformed-wrapping", Row("\udce9\udcff", "x")),
    "too short": ("malformed-wrapping", Row("QUJD", "x")),
    "changed wrapping": (
        "malformed-wrapping",
        lambda register: replace(
            row := register.wrapped(person(register.key.domain)), text=changed(row.text)
        ),
    ),
    "wrapped without pid": (
        "no-pid",
        lambda register: replace(register.wrapped(person(register.key.domain)), pid=None),
    ),
    "wrapped with the pid of another": ("malformed-wrapping", with_another_pid),
    "wrapped for another domain": ("malformed-wrapping", of_another_domain),
    "another suite": ("unknown-suite", Row("PEP-P256-SHA256/1:QUJD")),
    "no suite": ("unknown-suite", Row(":QUJD")),
    "suite of another version": ("unknown-suite", Row(SUITE[:-1] + "2:QUJD")),
    "short ciphertext": ("malformed-ciphertext", Row(f"{SUITE}:QUJD")),
    "padded ciphertext": ("malformed-ciphertext", Row(f"{SUITE}:QQ==")),
    "identity": ("malformed-ciphertext", Row(f"{SUITE}:{to_base64url(bytes(64))}")),
    "no point": ("malformed-ciphertext", Row(f"{SUITE}:{to_base64url(bytes([255]) * 64)}")),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_row_is_left_out_with_its_reason_and_the_others_arrive(register: Register, kind: str) -> None:
    code, made = BAD[kind]
    bad = made if isinstance(made, Row) else made(register)
    people = [person(register.key.domain) for _ in range(2)]
    rows = [register.wrapped(people[0]), bad, register.encrypted(people[1])]
    done = register.worker().convert(rows)
    assert done.refused == [(1, code)]
    assert done.texts[1] is None
    assert [register.received(done.texts[at]) for at in (0, 2)] == register.expected(people)


@pytest.mark.parametrize(
    ("domein", "epoch", "code"),
    [
        ("own", "2", "wrong-epoch"),
        ("own", "", "wrong-epoch"),
        ("other", "1", "wrong-domain"),
        ("", "1", "wrong-domain"),
    ],
)
def test_a_row_of_another_domain_or_epoch_is_left_out(
    register: Register, domein: str, epoch: str, code: str
) -> None:
    own = str(register.key.domain)
    good = replace(register.encrypted(person(register.key.domain)), domein=own, epoch="1")
    bad = replace(good, domein=own if domein == "own" else domein, epoch=epoch)
    done = register.worker(stated=(True, True)).convert([bad, good])
    assert done.refused == [(0, code)]
    assert done.texts[1] is not None


def test_wrapped_rows_without_a_local_key_say_so(register: Register) -> None:
    one = person(register.key.domain)
    done = register.worker(local_key=None).convert([register.wrapped(one), register.encrypted(one)])
    assert done.refused == [(0, "no-local-key")]


def test_when_nothing_can_be_opened_no_party_is_asked(register: Register) -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise AssertionError(request.url)

    with httpx2.Client(transport=httpx2.MockTransport(fail)) as nobody:
        done = register.worker(nobody).convert([Row("x"), Row("")])
    assert [place for place, _ in done.refused] == [0, 1]


class Garbling(httpx2.BaseTransport):
    """Reaches the real parties; on the way to the first one the proofs of some items are spoiled."""

    def __init__(self, http: httpx2.Client, spoiled: set[str]) -> None:
        self._http = http
        self._spoiled = spoiled
        self.asked: list[int] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/transcrypties"):
            body = json.loads(request.read())
            if request.url.path.endswith("t1/v1/transcrypties"):
                self.asked.append(len(body["items"]))
                if not self._spoiled:
                    self._spoiled |= {body["items"][1], body["items"][3]}
            for at, item in enumerate(body["items"]):
                if item in self._spoiled:
                    body["kennis"][at] = to_base64url(bytes(64))
            headers = {name: value for name, value in request.headers.items() if name != "content-length"}
            return self._http.post(request.url, json=body, headers=headers)
        return self._http.send(request)


def test_items_that_a_party_refuses_by_name_are_left_out_and_the_rest_is_sent_again(
    register: Register,
) -> None:
    people = [person(register.key.domain) for _ in range(5)]
    garbling = Garbling(register.http, set())
    with httpx2.Client(transport=garbling) as http:
        done = register.worker(http).convert([register.wrapped(one) for one in people])
    assert done.refused == [(1, "item-not-made-by-requester"), (3, "item-not-made-by-requester")]
    assert garbling.asked == [5, 4, 3]
    rest = [people[at] for at in (0, 2, 4)]
    assert [register.received(text) for text in done.texts if text] == register.expected(rest)


def test_over_the_volume_it_stops_with_one_sentence(
    world: World, new_register: Callable[[], Domain], tmp_path: Path
) -> None:
    van, naar = new_register(), new_register()
    world.allow(van, naar, DOEL, max_per_dag=6)  # three at each party: a third one may serve as well
    register = Register.of(world, van, naar, tmp_path)
    rows = [register.wrapped(person(van)) for _ in range(3)]
    assert register.worker().convert(rows).refused == []
    with pytest.raises(ConversionStopped, match=r"may be translated today.*\(volume-exceeded\)"):
        register.worker().convert(rows[:1])


def test_after_the_end_of_the_purpose_it_stops_with_one_sentence(world: World, register: Register) -> None:
    world.beheer.publish_doel(doel("afgelopen"))
    world.beheer.grant(
        register.key.domain, register.receiver.domain, "afgelopen", datetime.now(UTC) - timedelta(hours=1)
    )
    row = register.wrapped(person(register.key.domain))
    assert register.worker(doel="afgelopen").convert([row]).refused == []
    world.beheer.end_doel("afgelopen", datetime.now(UTC))
    with pytest.raises(ConversionStopped, match=r"not valid now \(purpose-ended\)"):
        register.worker(doel="afgelopen").convert([row])


def test_for_a_purpose_without_a_ground_it_stops_with_one_sentence(register: Register) -> None:
    with pytest.raises(ConversionStopped, match=r"no ground of use .*\(direction-not-registered\)"):
        register.worker(doel="inloggen").convert([register.wrapped(person(register.key.domain))])


def test_with_the_parties_away_it_tries_again_and_then_stops_with_one_sentence(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[float] = []
    monkeypatch.setattr("keys.bulk.working.time.sleep", paused.append)

    def silent(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("away", request=request)

    with httpx2.Client(transport=httpx2.MockTransport(silent)) as http:
        worker = register.worker(http)
        with pytest.raises(ConversionStopped, match="do not answer now"):
            worker.convert([register.wrapped(person(register.key.domain))])
    assert paused == [1.0, 4.0]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("domain_key", "{}", "does not hold the key of a domain"),
        ("domain_key", None, "does not hold the key of a domain"),
        ("signing_key", "[]", "does not hold a signing key"),
        ("local_key", "short", "does not hold a local key of 32 bytes"),
    ],
)
def test_a_key_file_that_is_not_right_is_one_sentence_with_its_name(
    register: Register, tmp_path: Path, name: str, content: str | None, told: str
) -> None:
    path = tmp_path / "wrong"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConversionStopped, match=f"wrong {told}"):
        register.worker(**{name: path})


def test_a_key_of_another_domain_is_refused_before_anything_is_opened(
    register: Register, tmp_path: Path
) -> None:
    other = ActorKey(Domain(register.key.domain.actor, "iets-anders"), 1, register.key.secret)
    (tmp_path / "ander.json").write_text(json.dumps(other.to_json()))
    with pytest.raises(ConversionStopped, match="another domain than --from"):
        register.worker(domain_key=tmp_path / "ander.json")


def self_signed(folder: Path) -> tuple[Path, Path, bytes]:
    """A certificate and its key, both PEM, and the certificate in DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "register")])
    begin = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(begin).not_valid_after(begin + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "cert.key").write_bytes(private)
    return folder / "cert.pem", folder / "cert.key", made.public_bytes(Encoding.DER)


class Proxy(httpx2.BaseTransport):
    """Ends mutual TLS before the real parties: hands on the certificate of the connection."""

    def __init__(self, http: httpx2.Client, certificate: bytes) -> None:
        self._http = http
        self._certificate = certificate

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["Client-Cert"] = header_value(self._certificate)
        return self._http.send(request)


def test_calls_are_bound_to_the_client_certificate_where_one_is_given(
    world: World, register: Register, tmp_path: Path
) -> None:
    certificate, key, der = self_signed(tmp_path)
    row = register.wrapped(person(register.key.domain))
    keys = world.app.state.keys
    before, keys.certificates = keys.certificates, CertificateRule(behind_proxy=True, required=True)
    try:
        with httpx2.Client(transport=Proxy(register.http, der)) as http:
            assert register.worker(http, certificate=(certificate, key)).convert([row]).refused == []
            with pytest.raises(ConversionStopped, match="caller-rejected"):
                register.worker(http).convert([row])
    finally:
        keys.certificates = before


def test_a_certificate_without_its_key_is_one_sentence(register: Register, tmp_path: Path) -> None:
    certificate, _, _ = self_signed(tmp_path)
    with pytest.raises(ConversionStopped, match="are no certificate with its key"):
        register.worker(certificate=(certificate, tmp_path / "none"))


def test_a_ciphertext_of_the_output_is_fresh(register: Register) -> None:
    one = person(register.key.domain)
    row = register.encrypted(one)
    first, second = (register.worker().convert([row]).texts[0] for _ in range(2))
    assert first is not None
    assert first != second
    assert from_base64url(first.rpartition(":")[2]) != encrypt(one, register.key.public).data
