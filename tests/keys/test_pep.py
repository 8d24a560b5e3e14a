"""The group, encryption and the vault: published vectors and laws."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.kernel.pep import (
    SUITE,
    ActorKey,
    Ciphertext,
    Context,
    Domain,
    PepError,
    Pseudonym,
    Vault,
    decrypt,
    encrypt,
    group,
    origin_point,
    rerandomise,
    sodium,
)
from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.kernel.pep.group import IDENTITY, ONE, Ristretto255
from keys.kernel.pep.hashing import expand_message_xmd
from keys.kernel.pep.sealing import OpeningKey, seal
from keys.pseudonyms.filestore import FileKeystore, make_throwaway
from keys.pseudonyms.shares import PARTIES, Pair
from keys.pseudonyms.transcrypt import hop

RFC9496 = json.loads((Path(__file__).parents[1] / "vectors" / "rfc9496_ristretto255.json").read_text())
STUDIE = Domain("oin:00000001003214345000:studiefinanciering", "studiefinanciering")
DIPLOMA = Domain("oin:00000001003214345000:diplomaregister", "diplomaregister")
seeds = st.binary(min_size=64, max_size=64)


def key(domain: Domain = STUDIE, epoch: int = 1) -> ActorKey:
    return ActorKey(domain, epoch, group().random_scalar())


def person(seed: bytes = bytes(64), domain: Domain = STUDIE) -> Pseudonym:
    return Pseudonym(domain, origin_point(seed))


def scalar(number: int) -> bytes:
    return number.to_bytes(32, "little")


def test_multiples_of_the_generator_are_those_of_rfc_9496() -> None:
    for number, encoding in enumerate(RFC9496["multiples_of_generator"][1:], start=1):
        assert group().mul_base(scalar(number)).hex() == encoding
        assert group().mul(scalar(number), group().mul_base(ONE)).hex() == encoding


@pytest.mark.parametrize("encoding", RFC9496["bad_encodings"])
def test_bad_encodings_of_rfc_9496_are_refused_everywhere(encoding: str) -> None:
    bad, good = bytes.fromhex(encoding), group().mul_base(ONE)
    for act in (
        lambda: group().check_point(bad),
        lambda: group().mul(scalar(2), bad),
        lambda: group().add(bad, good),
        lambda: group().subtract(good, bad),
        lambda: Pseudonym(STUDIE, bad),
    ):
        with pytest.raises(PepError):
            act()


@pytest.mark.parametrize("case", RFC9496["one_way_map"])
def test_the_one_way_map_is_that_of_rfc_9496(case: dict[str, str]) -> None:
    assert group().from_hash(bytes.fromhex(case["input"])).hex() == case["output"]


def test_expand_message_xmd_is_that_of_rfc_9380() -> None:
    # RFC 9380 appendix K.3 (SHA-512), msg = "abc", len_in_bytes = 0x20
    dst = b"QUUX-V01-CS02-with-expander-SHA512-256"
    expected = "0da749f12fbe5483eb066a5f595055679b976e93abe9be6f0f6318bce7aca8dc"
    assert expand_message_xmd(b"abc", dst, 32).hex() == expected
    assert len(expand_message_xmd(b"abc", dst, 128)) == 128


def test_the_identity_is_refused_everywhere() -> None:
    base = group().mul_base(ONE)
    for act in (
        lambda: group().check_point(IDENTITY),
        lambda: group().mul(ONE, IDENTITY),
        lambda: group().add(base, IDENTITY),
        lambda: group().subtract(base, base),
        lambda: group().mul_base(bytes(32)),
        lambda: group().mul(bytes(32), base),
        lambda: group().scalar_invert(bytes(32)),
    ):
        with pytest.raises(PepError):
            act()


def test_scalars_that_are_zero_too_great_or_of_wrong_length_are_refused() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    assert group().check_scalar(scalar(order - 1)) == scalar(order - 1)
    for bad in (bytes(32), scalar(order), scalar(order + 1), b"\xff" * 32, bytes(31), bytes(33)):
        with pytest.raises(PepError, match="malformed-scalar"):
            group().check_scalar(bad)


@pytest.mark.parametrize("wrong", [b"", bytes(31), bytes(33), bytes(64)])
def test_a_wrong_length_never_reaches_the_library(wrong: bytes) -> None:
    base = group().mul_base(ONE)
    for act in (
        lambda: group().mul(wrong, base),
        lambda: group().mul(ONE, wrong),
        lambda: group().add(base, wrong),
        lambda: group().scalar_mul(wrong, ONE),
        lambda: group().reduce(wrong[:63]),
    ):
        with pytest.raises(PepError):
            act()


@given(seeds)
@settings(max_examples=30, deadline=None)
def test_what_is_encrypted_is_decrypted(seed: bytes) -> None:
    holder = key()
    one = person(seed)
    ciphertext = encrypt(one, holder.public, 1)
    again = rerandomise(ciphertext, holder.public)
    assert decrypt(ciphertext, holder) == decrypt(again, holder) == one
    assert len({ciphertext.data, again.data, encrypt(one, holder.public, 1).data}) == 3


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileKeystore]:
    folder = tmp_path_factory.mktemp("shares")
    make_throwaway(folder)
    return {party: FileKeystore.load(folder / party, party, allow_throwaway=True) for party in PARTIES}


def actor_key(stores: dict[str, FileKeystore], context: Context) -> ActorKey:
    shares = {**stores["t1"].key_shares(context), **stores["t2"].key_shares(context)}
    secret = ONE
    for share in shares.values():
        secret = group().scalar_mul(secret, share)
    return ActorKey(context.domain, context.epoch, secret)


@given(seed=seeds, epoch=st.integers(min_value=1, max_value=999_999))
@settings(max_examples=15, deadline=None)
def test_the_six_orders_of_two_parties_give_one_pseudonym(
    stores: dict[str, FileKeystore], seed: bytes, epoch: int
) -> None:
    van, naar = Context(STUDIE, 1), Context(DIPLOMA, epoch)
    sender, receiver = actor_key(stores, van), actor_key(stores, naar)
    found, seen = set(), set()
    for first, second in permutations(PARTIES, 2):
        pair = Pair(first, second)
        one, two = (stores[party].hop_factors(pair, van, naar) for party in (first, second))
        between = group().mul(one.k, sender.public)
        assert group().mul(two.k, between) == receiver.public
        middle = hop(encrypt(person(seed), sender.public).data, one.s, one.u, between)
        last = Ciphertext(DIPLOMA, epoch, hop(middle, two.s, two.u, receiver.public))
        found.add(decrypt(last, receiver))
        seen.add(last.data)
    assert len(found) == 1
    assert len(seen) == 6
    assert found.pop().point != person(seed).point


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_domain_or_refused(text: str) -> None:
    try:
        parsed = Domain.parse(text)
    except PepError:
        return
    assert str(parsed) == text


@pytest.mark.parametrize(
    "text",
    [
        "oin:00000001003214345000:sf|doel:sf|v0",
        "oin:00000001003214345000:sf|doel:sf|v01",
        "oin:0000000100321434500:sf|doel:sf|v1",
        "oin:00000001003214345000:SF|doel:sf|v1",
        "oin:00000001003214345000:sf|doel:sf|v1\n",
        "oin:00000001003214345000:sf|doel:sf|v١",
        "oin:00000001003214345000|doel:sf|v1",
        None,
        7,
    ],
)
def test_what_is_no_domain_is_refused(text: object) -> None:
    with pytest.raises(PepError, match="malformed-domain"):
        Domain.parse(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
@settings(max_examples=200, deadline=None)
def test_any_value_is_an_alt_sub_entry_or_refused(value: object) -> None:
    with pytest.raises(PepError):
        Ciphertext.from_alt_sub(value)


def test_an_alt_sub_entry_survives_the_wire() -> None:
    ciphertext = encrypt(person(), key().public, 3)
    entry = json.loads(json.dumps(ciphertext.to_alt_sub()))
    assert entry["aud"] == str(STUDIE)
    assert entry["sub"].startswith(f"{SUITE}:")
    assert Ciphertext.from_alt_sub({**entry, "nieuw": 1}) == Ciphertext(STUDIE, 3, ciphertext.data)
    assert "r" not in entry


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"sub": "PEP-ristretto255-SHA512/2:AAAA"}, "unknown-suite"),
        ({"sub": "AAAA"}, "unknown-suite"),
        ({"sub_id_type": "iets"}, "unknown-suite"),
        ({"sub": f"{SUITE}:AAAA"}, "malformed-ciphertext"),
        ({"sub": f"{SUITE}:{to_base64url(bytes(64))}"}, "malformed-ciphertext"),
        ({"sub": f"{SUITE}:{to_base64url(bytes(64))}=="}, "malformed-ciphertext"),
        ({"epoch": 0}, "wrong-epoch"),
        ({"epoch": True}, "wrong-epoch"),
        ({"epoch": "1"}, "wrong-epoch"),
        ({"aud": "elders"}, "malformed-domain"),
    ],
)
def test_a_changed_alt_sub_entry_is_refused(change: dict[str, object], expected: str) -> None:
    entry = {**encrypt(person(), key().public, 1).to_alt_sub(), **change}
    with pytest.raises(PepError) as refused:
        Ciphertext.from_alt_sub(entry)
    assert refused.value.code == expected


def test_a_key_file_survives_and_a_changed_one_is_refused() -> None:
    mine = key()
    document = json.loads(json.dumps(mine.to_json()))
    assert ActorKey.from_json(document) == mine
    for change in (
        {"publiek": to_base64url(key().public)}, {"geheim": "AA"}, {"epoch": "1"}, {"suite": "x"},
        {"domein": 1}, {"geheim": to_base64url(bytes(32))}, {"geheim": None},
    ):  # fmt: skip
        with pytest.raises(PepError):
            ActorKey.from_json({**document, **change})
    with pytest.raises(PepError):
        ActorKey.from_json([])


def test_secrets_do_not_show_themselves() -> None:
    mine, one = key(), person()
    for value in (mine, one, Vault(bytes(32)), FileKeystore):
        text = repr(value)
        assert mine.secret.hex() not in text
        assert one.point.hex() not in text
        assert repr(one.point) not in text


def test_the_vault_gives_back_what_it_wrapped() -> None:
    vault, one = Vault(bytes(range(32))), person()
    pid = vault.pid(one)
    assert len(pid) == 43
    assert vault.pid(one) == pid
    wrapped = vault.wrap(one)
    assert vault.wrap(one) != wrapped
    assert one.point not in wrapped
    assert vault.unwrap(pid, wrapped, STUDIE) == one


def test_a_pid_differs_by_key_domain_and_person() -> None:
    vault = Vault(bytes(32))
    others = [
        Vault(bytes(31) + b"\x01").pid(person()),
        vault.pid(person(domain=DIPLOMA)),
        vault.pid(person(b"\x01" * 64)),
        Vault(bytes(32), suite="PEP-ristretto255-SHA512/9").pid(person()),
    ]
    assert len({vault.pid(person()), *others}) == 5


def test_a_moved_or_changed_wrapping_is_refused() -> None:
    vault, one, other = Vault(bytes(32)), person(), person(b"\x01" * 64)
    wrapped = vault.wrap(one)
    flipped = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
    for pid, data, domain in (
        (vault.pid(other), wrapped, STUDIE),
        (vault.pid(one), wrapped, DIPLOMA),
        (vault.pid(one), flipped, STUDIE),
        (vault.pid(one), b"\x02" + wrapped[1:], STUDIE),
        (vault.pid(one), wrapped[:-1], STUDIE),
        (vault.pid(one), b"", STUDIE),
    ):
        with pytest.raises(PepError, match="malformed-wrapping"):
            vault.unwrap(pid, data, domain)
    for short in (b"", bytes(31), bytes(33)):
        with pytest.raises(PepError):
            Vault(short)


def test_what_is_sealed_opens_for_its_receiver_and_purpose_only() -> None:
    receiver = OpeningKey()
    sealed = seal(receiver.public, b"deel", b"waarvoor")
    assert OpeningKey(receiver.secret).open(sealed, b"waarvoor") == b"deel"
    for opener, data, info in (
        (OpeningKey(), sealed, b"waarvoor"), (receiver, sealed, b"iets anders"),
        (receiver, sealed[:-1], b"waarvoor"), (receiver, b"", b"waarvoor"),
    ):  # fmt: skip
        with pytest.raises(PepError, match="malformed-sealing"):
            opener.open(data, info)
    for public in (b"", receiver.public[:-1], bytes(1216), b"\xff" * 1216):
        with pytest.raises(PepError, match="malformed-key"):
            seal(public, b"deel", b"waarvoor")


@given(st.binary(max_size=100))
def test_base64url_has_one_text_per_bytes(data: bytes) -> None:
    assert from_base64url(to_base64url(data)) == data
    for other in (to_base64url(data) + "=", "A", "AB", "A+A/", "é", None, b"AA"):
        with pytest.raises(ValueError, match="base64url"):
            from_base64url(other)


def test_a_library_that_is_no_libsodium_gives_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PepError, match="could not be loaded"):
        sodium.load(tmp_path / "geen.so")
    with pytest.raises(PepError, match=r"1\.0\.18"):
        sodium.load("libc.so.6")


def test_a_library_that_computes_something_else_is_not_used() -> None:
    from keys.kernel.pep import selftest

    class Wrong(Ristretto255):
        def mul(self, scalar: bytes, point: bytes) -> bytes:
            return super().mul(scalar, super().mul(scalar, point))

    class Lax(Ristretto255):
        def check_point(self, point: bytes) -> bytes:
            return point

    for kind in (Wrong, Lax):
        with pytest.raises(PepError, match="libsodium"):
            selftest.run(kind(group().library))


def test_the_core_imports_nothing_but_the_base_install() -> None:
    program = (
        "import sys; import keys.kernel.pep as pep; pep.group(); "
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'fastapi','starlette','sqlmodel','sqlalchemy','pydantic','alembic','typer','joserfc','httpx2'}))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_origin_point_is_hash_to_group_of_the_seed() -> None:
    seed = hashlib.sha512(b"zaad").digest()
    uniform = expand_message_xmd(seed, b"PEPV1-oorsprong-ristretto255-SHA512", 64)
    assert origin_point(seed) == group().from_hash(uniform)
    for wrong in (b"", bytes(63), bytes(65)):
        with pytest.raises(PepError, match="malformed-seed"):
            origin_point(wrong)
