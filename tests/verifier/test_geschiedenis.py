"""An export is what was signed, or the check says in one sentence which line is not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.kernel.jws import Jwks, SigningKey, sign
from machtigen.verifier.errors import AlteredExport
from machtigen.verifier.geschiedenis import (
    NO_LINE,
    TYP,
    canonical,
    digest,
    hash_line,
    read_export,
    to_text,
    verify_export,
)

KEY = SigningKey.generate("ES256")
KEYS = Jwks.of(KEY)
ISSUER = "https://machtigen.example.nl/machtigen"
ONE, TWO = "machtiging-number-0001", "machtiging-number-0002"


def chain(machtiging: str, *events: str) -> dict[str, Any]:
    """A chain with these events."""
    lines: list[dict[str, Any]] = []
    before = NO_LINE
    for number, event in enumerate(events, 1):
        line: dict[str, Any] = {
            "nummer": number,
            "op": f"2026-11-24T10:00:0{number}.000000Z",
            "gebeurtenis": event,
            "door": "vertegenwoordigde",
            "inhoud": {"handelingen": ["betalen"], "een_zaak": True},
            "vorige": to_text(before),
        }
        before = hash_line(machtiging, line)
        lines.append({**line, "hash": to_text(before)})
    return {"machtiging": machtiging, "regels": lines}


def export(*chains: dict[str, Any], key: SigningKey = KEY, typ: str = TYP, **changes: Any) -> dict[str, Any]:
    """A signed export of these chains, and a part beside them."""
    content: dict[str, Any] = {"geschiedenis": list(chains), "gebruik": [{"dienst": "één dienst"}]}
    claims = {
        "iss": ISSUER,
        "iat": 1_796_000_000,
        "soort": "alles",
        "delen": {part: digest(value) for part, value in content.items()},
        "ketens": {one["machtiging"]: [line["hash"] for line in one["regels"]] for one in chains},
    }
    return {"inhoud": content, "handtekening": sign({**claims, **changes}, key, typ=typ)}


DOCUMENT = export(chain(ONE, "aangevraagd", "bevestigd", "beperkt", "ingetrokken"), chain(TWO, "aangevraagd"))


def refused(document: object, keys: Jwks = KEYS, **options: Any) -> AlteredExport:
    with pytest.raises(AlteredExport) as caught:
        verify_export(document, keys, **options)
    return caught.value


def altered(act: Callable[[list[dict[str, Any]]], object]) -> AlteredExport:
    """What the check says when this is done to the lines of the first machtiging."""
    document = copy.deepcopy(DOCUMENT)
    act(document["inhoud"]["geschiedenis"][0]["regels"])
    return refused(document)


def test_what_was_signed_is_told() -> None:
    found = verify_export(read_export(json.dumps(DOCUMENT).encode()), KEYS, issuer=ISSUER)
    assert (found.issuer, found.soort, found.machtigingen, found.regels) == (ISSUER, "alles", (ONE, TWO), 5)
    assert found.gemaakt_op == datetime.fromtimestamp(1_796_000_000, UTC)


@pytest.mark.parametrize(
    ("act", "code", "line"),
    [
        (lambda lines: lines[1].update(door="stelsel"), "line-changed", 2),
        (lambda lines: lines[2]["inhoud"].update(een_zaak=False), "line-changed", 3),
        (lambda lines: lines[0].update(hash=to_text(bytes(32))), "line-changed", 1),
        (lambda lines: lines[0].update(naam="x"), "line-changed", 1),
        (lambda lines: lines[3].update(nummer=True), "line-changed", 4),
        (lambda lines: lines.pop(1), "line-missing", 2),
        (lambda lines: lines.pop(), "line-missing", 4),
        (lambda lines: lines.clear(), "line-missing", 1),
        (lambda lines: lines.reverse(), "line-moved", 1),
        (lambda lines: lines.insert(2, lines.pop(1)), "line-moved", 2),
        (lambda lines: lines.append(dict(lines[0])), "line-added", 5),
        (lambda lines: lines.insert(1, dict(lines[0])), "line-added", 2),
        (lambda lines: lines.insert(1, chain(ONE, "opgezegd")["regels"][0]), "line-added", 2),
    ],
)
def test_a_line_that_is_not_as_signed_is_named(act: Callable[[Any], object], code: str, line: int) -> None:
    said = altered(act)
    assert (said.code, said.waar, said.regel) == (code, ONE, line)
    assert f"Line {line} of machtiging {ONE}" in str(said)
    assert f"Regel {line} van machtiging {ONE}" in said.title


def test_a_chain_that_was_made_anew_with_good_hashes_is_refused_too() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["inhoud"]["geschiedenis"][0] = chain(ONE, "aangevraagd", "bevestigd", "opgezegd", "ingetrokken")
    assert (refused(document).code, refused(document).regel) == ("line-changed", 3)


def test_the_line_of_another_machtiging_does_not_count_here() -> None:
    document = copy.deepcopy(DOCUMENT)
    one, two = document["inhoud"]["geschiedenis"]
    one["regels"][0] = two["regels"][0]
    assert (refused(document).code, refused(document).regel) == ("line-changed", 1)


@pytest.mark.parametrize(
    ("kept", "code", "where"), [([0], "chain-missing", TWO), ([0, 1], "chain-added", "x")]
)
def test_a_whole_chain_that_goes_or_comes_is_named(kept: list[int], code: str, where: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    chains = document["inhoud"]["geschiedenis"]
    document["inhoud"]["geschiedenis"] = [chains[place] for place in kept] + ([chain("x")] * (len(kept) - 1))
    assert (refused(document).code, refused(document).waar) == (code, where)


def test_another_part_that_was_changed_removed_or_added_is_named() -> None:
    for change in (
        lambda content: content["gebruik"].clear(),
        lambda content: content.pop("gebruik"),
        lambda content: content.update(gebruik=[{"dienst": "een dienst"}]),
    ):
        document = copy.deepcopy(DOCUMENT)
        change(document["inhoud"])
        assert str(refused(document)) == "The part gebruik was changed."
    document = copy.deepcopy(DOCUMENT)
    document["inhoud"]["nieuw"] = 1
    assert refused(document).waar == "nieuw"


def test_lines_that_the_house_itself_signed_without_their_chain_are_refused() -> None:
    loose = chain(ONE, "aangevraagd", "bevestigd")
    last = loose["regels"][1]
    last["vorige"] = to_text(b"x" * 32)
    last["hash"] = to_text(hash_line(ONE, last))
    assert (refused(export(loose)).code, refused(export(loose)).regel) == ("line-loose", 2)


def test_another_key_type_or_issuer_is_refused() -> None:
    stranger = SigningKey.generate("ES256")
    assert refused(export(chain(ONE, "aangevraagd"), key=stranger)).code == "signature"
    assert refused(export(chain(ONE, "aangevraagd"), typ="JWT")).code == "signature"
    assert refused(export(chain(ONE, "aangevraagd"), ketens=[])).code == "signature"
    assert refused(DOCUMENT, issuer="https://elders.example.nl").code == "other-issuer"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"{",
        b'{"inhoud": 1.5}',
        b'{"inhoud": NaN}',
        b'{"inhoud": {}, "inhoud": {}}',
        b"[" * 90_000,
    ],
)
def test_what_is_no_export_is_not_read(text: bytes) -> None:
    with pytest.raises(AlteredExport, match="not an export"):
        read_export(text)


@pytest.mark.parametrize(
    "document",
    [
        None, [], {"inhoud": {}}, {"inhoud": [], "handtekening": ""}, {"inhoud": {}, "handtekening": None},
        {**DOCUMENT, "meer": 1}, {**DOCUMENT, "inhoud": {"geschiedenis": None}},
        {**DOCUMENT, "inhoud": {"geschiedenis": [{"machtiging": ONE}]}},
        {**DOCUMENT, "inhoud": {"geschiedenis": [chain(ONE), chain(ONE)]}},
    ],
)  # fmt: skip
def test_what_has_another_form_is_refused(document: object) -> None:
    assert refused(document).code == "malformed"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_byte_can_be_changed(data: st.DataObject) -> None:
    """In the file as we give it: without spaces. What JSON says twice the same way is the same document."""
    file = bytearray(json.dumps(DOCUMENT, separators=(",", ":"), ensure_ascii=False).encode())
    place = data.draw(st.integers(0, len(file) - 1))
    file[place] ^= data.draw(st.integers(1, 255))
    try:
        document = read_export(bytes(file))
    except AlteredExport:
        return
    if document != DOCUMENT:
        refused(document)


@given(
    st.dictionaries(st.sampled_from(["functie", "reden"]), st.text(max_size=5)),
    st.dictionaries(st.sampled_from(["functie", "reden"]), st.text(max_size=5)),
)
def test_other_fields_give_another_hash(one: dict[str, str], other: dict[str, str]) -> None:
    base = chain(ONE, "aangevraagd")["regels"][0]
    same = hash_line(ONE, {**base, **one}) == hash_line(ONE, {**base, **other})
    assert same == (one == other)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nummer", 0),
        ("nummer", "1"),
        ("op", 1),
        ("door", None),
        ("vorige", "AA"),
        ("vorige", "é"),
        ("inhoud", 0.5),
    ],
)
def test_a_field_that_is_not_what_it_must_be_has_no_hash(field: str, value: object) -> None:
    line = {**chain(ONE, "aangevraagd")["regels"][0], field: value}
    with pytest.raises(ValueError):
        hash_line(ONE, line)


def test_canonical_json_is_sorted_and_without_spaces() -> None:
    assert canonical({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'.encode()
    with pytest.raises(ValueError):
        canonical({"a": [{"b": 0.5}]})


def test_a_known_line_has_a_known_hash() -> None:
    """So that a change of the construction is noticed: histories that people keep must still check."""
    line = {
        "nummer": 1, "op": "2026-11-24T10:00:00.000000Z", "gebeurtenis": "aangevraagd",
        "door": "vertegenwoordigde", "functie": "bestuurder", "reden": "parent-ended",
        "inhoud": {"diensten": ["urn:uuid:a9e17a2e-d358-406d-9d5f-ad6045f712ba"]}, "vorige": to_text(NO_LINE),
    }  # fmt: skip
    assert hash_line(ONE, line).hex() == "23a8d7d26cd24595d475640d540dd14f5cdd0cfe0b68b5235f9b56842552d99e"
