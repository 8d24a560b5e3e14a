"""Whole files: what stays as it was, what is left out, what a stop or a kill leaves, what is refused."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keys.bulk.errors import ConversionStopped
from keys.bulk.journal import Journal, fingerprint
from keys.kernel.pep import Pseudonym
from tests.keys.bulk.registers import COLUMNS, Register, convert_here, person

pytestmark = pytest.mark.slow


def people_of(register: Register, count: int) -> list[Pseudonym]:
    return [person(register.key.domain) for _ in range(count)]


def write_csv(path: Path, register: Register, people: list[Pseudonym], bad: tuple[int, ...] = ()) -> Path:
    """Wrapped and encrypted by turns; the rows numbered in `bad` hold no pseudonym."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["nr", "pseudoniem", "pid", "opmerking"])
        for at, one in enumerate(people):
            row = register.wrapped(one) if at % 2 else register.encrypted(one)
            writer.writerow(
                [f"{at:03}", "niets" if at in bad else row.text, row.pid, f'een "{at}", en\nmeer']
            )
    return path


def read_csv(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


def test_a_csv_file_keeps_its_order_and_its_other_columns(register: Register, tmp_path: Path) -> None:
    people = people_of(register, 10)
    counts, _ = convert_here(register, write_csv(tmp_path / "in.csv", register, people), tmp_path / "out.csv")
    header, *rows = read_csv(tmp_path / "out.csv")
    assert header == ["nr", "pseudoniem", "opmerking"]
    assert [row[0] for row in rows] == [f"{at:03}" for at in range(10)]
    assert [row[2] for row in rows] == [f'een "{at}", en\nmeer' for at in range(10)]
    assert [register.received(row[1]) for row in rows] == register.expected(people)
    assert (counts.rows, counts.out, counts.refused) == (10, 10, 0)
    assert read_csv(tmp_path / "out.csv.rejects.csv") == [["regel", "reden"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "in.csv", "out.csv", "out.csv.rejects.csv", "sleutels",
    ]  # fmt: skip


def test_rows_that_fail_stand_in_the_rejects_with_their_line_and_reason_alone(
    register: Register, tmp_path: Path
) -> None:
    source = write_csv(tmp_path / "in.csv", register, people_of(register, 9), bad=(0, 5, 8))
    with source.open("a") as file:
        file.write('te,"weinig"\n\n')  # a short row, and an empty line, which is no row
    counts, _ = convert_here(register, source, tmp_path / "out.csv")
    rows = read_csv(tmp_path / "out.csv")[1:]
    assert [row[0] for row in rows] == ["001", "002", "003", "004", "006", "007"]
    # each row takes two lines, for its remark holds a line break; the header is line 1
    assert read_csv(tmp_path / "out.csv.rejects.csv")[1:] == [
        ["2", "malformed-wrapping"], ["12", "malformed-wrapping"], ["18", "malformed-wrapping"],
        ["20", "malformed-row"],
    ]  # fmt: skip
    assert (counts.rows, counts.out, counts.refused) == (10, 6, 4)


def test_a_file_with_nothing_but_bad_rows_gives_an_empty_output(register: Register, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("pseudoniem\nx\ny\n")
    counts, _ = convert_here(register, tmp_path / "in.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "pseudoniem\n"
    assert (counts.rows, counts.out, counts.refused) == (2, 0, 2)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_bytes_of_other_columns_pass_unchanged_whatever_their_encoding(
    register: Register, tmp_path: Path, delimiter: str, ending: str
) -> None:
    one = person(register.key.domain)
    cell = (register.encrypted(one).text or "").encode()
    around = b"caf\xe9" + delimiter.encode() + b'"\xff ""x"""' + delimiter.encode()  # latin-1, no UTF-8
    head = delimiter.join(["a", "b", "pseudoniem"]).encode()
    (tmp_path / "in.csv").write_bytes(
        b"\xef\xbb\xbf" + head + ending.encode() + around + cell + ending.encode()
    )
    convert_here(register, tmp_path / "in.csv", tmp_path / "out.csv")
    first, second = (tmp_path / "out.csv").read_bytes().split(ending.encode())[:2]
    assert first == head
    assert second.startswith(around)
    assert [register.received(second[len(around) :].decode())] == register.expected([one])


def test_the_pid_goes_along_only_when_asked_and_the_column_may_get_another_name(
    register: Register, tmp_path: Path
) -> None:
    source = write_csv(tmp_path / "in.csv", register, people_of(register, 2))
    columns = replace(COLUMNS, out="voor_ander", keep_pid=True)
    convert_here(register, source, tmp_path / "out.csv", columns=columns)
    header, *rows = read_csv(tmp_path / "out.csv")
    assert header == ["nr", "voor_ander", "pid", "opmerking"]
    assert [row[2] for row in rows] == [row[2] for row in read_csv(source)[1:]]


def test_columns_of_domain_and_epoch_are_held_to_and_then_tell_those_of_the_receiver(
    register: Register, tmp_path: Path
) -> None:
    own, other = str(register.key.domain), str(register.receiver.domain)
    texts = [register.encrypted(one).text for one in people_of(register, 3)]
    stated = [(own, "1"), (other, "1"), (own, "2")]
    lines = [f"{text},{domein},{epoch}" for text, (domein, epoch) in zip(texts, stated, strict=True)]
    (tmp_path / "in.csv").write_text("\n".join(["pseudoniem,domein,epoch", *lines, ""]))
    columns = replace(COLUMNS, domein="domein", epoch="epoch")
    convert_here(register, tmp_path / "in.csv", tmp_path / "out.csv", columns=columns)
    rows = read_csv(tmp_path / "out.csv")[1:]
    assert [row[1:] for row in rows] == [[other, "1"]]
    assert read_csv(tmp_path / "out.csv.rejects.csv")[1:] == [["3", "wrong-domain"], ["4", "wrong-epoch"]]


def parquet(path: Path, register: Register, people: list[Pseudonym], **more: Any) -> pa.Table:
    rows = [register.wrapped(one) if at % 2 else register.encrypted(one) for at, one in enumerate(people)]
    table = pa.table(
        {
            "nr": pa.array(range(len(rows)), pa.int16()),
            "pid": [row.pid for row in rows],
            "pseudoniem": [row.text for row in rows],
            "sinds": pa.array([18_000 + at for at in range(len(rows))], pa.date32()),
            "lijst": pa.array([[at, None] for at in range(len(rows))], pa.list_(pa.int64())),
            **more,
        }
    ).replace_schema_metadata({"van": "ons"})
    pq.write_table(table, path, row_group_size=5)
    return table


def test_a_parquet_file_keeps_types_values_order_and_metadata(register: Register, tmp_path: Path) -> None:
    people = people_of(register, 12)
    table = parquet(tmp_path / "in.parquet", register, people)
    counts, _ = convert_here(register, tmp_path / "in.parquet", tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.schema.remove_metadata() == table.drop_columns(["pid"]).schema.remove_metadata()
    assert found.schema.metadata[b"van"] == b"ons"
    for name in ("nr", "sinds", "lijst"):
        assert found[name].equals(table[name])
    assert [register.received(text) for text in found["pseudoniem"].to_pylist()] == register.expected(people)
    assert (counts.rows, counts.out, counts.refused) == (12, 12, 0)


def test_parquet_rows_without_a_pseudonym_are_rejected_by_their_number(
    register: Register, tmp_path: Path
) -> None:
    people = people_of(register, 7)
    texts = [register.encrypted(one).text for one in people]
    texts[2], texts[6] = None, "x"
    parquet(tmp_path / "in.parquet", register, people, pseudoniem=pa.array(texts, pa.large_string()))
    convert_here(register, tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet")["nr"].to_pylist() == [0, 1, 3, 4, 5]
    assert read_csv(tmp_path / "out.parquet.rejects.csv")[1:] == [
        ["3", "empty"], ["7", "malformed-wrapping"],
    ]  # fmt: skip


def test_an_empty_parquet_file_gives_an_empty_one(register: Register, tmp_path: Path) -> None:
    parquet(tmp_path / "in.parquet", register, [])
    convert_here(register, tmp_path / "in.parquet", tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet")
    assert (found.num_rows, found.schema.names) == (0, ["nr", "pseudoniem", "sinds", "lijst"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("naam,leeftijd\na,1\n", "no column pseudoniem"),
        ("pseudoniem,pseudoniem\na,b\n", "more than once"),
        ("pseudoniem,x\n" + "x" * 2_000_000 + ",1\n", "line 2 of the input cannot be read as CSV"),
    ],
    ids=["empty", "no column", "column twice", "endless field"],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    register: Register, tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "in.csv").write_text(text)
    with pytest.raises(ConversionStopped, match=told):
        convert_here(register, tmp_path / "in.csv", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_parquet_file_that_is_none_or_has_numbers_for_pseudonyms_is_one_sentence(
    register: Register, tmp_path: Path
) -> None:
    (tmp_path / "in.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(ConversionStopped, match="cannot be read as Parquet"):
        convert_here(register, tmp_path / "in.parquet", tmp_path / "out.parquet")
    pq.write_table(pa.table({"pseudoniem": [1, 2]}), tmp_path / "in.parquet")
    with pytest.raises(ConversionStopped, match="does not hold text"):
        convert_here(register, tmp_path / "in.parquet", tmp_path / "out.parquet")


class Halt:
    """Lets so many batches pass, then stops the run as an outage would."""

    def __init__(self, passing: int) -> None:
        self.left = passing

    def __call__(self, _number: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise ConversionStopped("stopped: away")


@pytest.fixture
def halted(register: Register, tmp_path: Path) -> tuple[Path, Path, list[Pseudonym]]:
    """(input, output, people) of a conversion that stopped after three of five batches."""
    people = people_of(register, 18)
    source, out = write_csv(tmp_path / "in.csv", register, people, bad=(1, 17)), tmp_path / "out.csv"
    with pytest.raises(ConversionStopped, match="away"):
        convert_here(register, source, out, before=Halt(3))
    assert not out.exists()
    return source, out, people


Halted = tuple[Path, Path, list[Pseudonym]]


def complete(register: Register, halted: Halted) -> int:
    """Finish it, and see that nothing is lost or doubled; how many batches were done."""
    source, out, people = halted
    counts, batches = convert_here(register, source, out)
    rows = read_csv(out)[1:]
    good = [at for at in range(18) if at not in {1, 17}]
    assert [row[0] for row in rows] == [f"{at:03}" for at in good]
    expected = register.expected([people[at] for at in good])
    assert [register.received(row[1]) for row in rows] == expected
    rejected = [["4", "malformed-wrapping"], ["36", "malformed-wrapping"]]
    assert read_csv(out.with_name("out.csv.rejects.csv"))[1:] == rejected
    assert (counts.rows, counts.out, counts.refused) == (18, 16, 2)
    return batches


def test_a_stopped_conversion_goes_on_where_it_was(register: Register, halted: Halted) -> None:
    assert complete(register, halted) == 2


def state(out: Path) -> Path:
    return out.with_name("out.csv.bezig") / "staat.jsonl"


def test_a_torn_last_line_is_done_again(register: Register, halted: Halted) -> None:
    lines = state(halted[1]).read_bytes()
    state(halted[1]).write_bytes(lines[:-10])
    assert complete(register, halted) == 3


def test_a_part_that_is_not_what_was_written_is_done_again_with_all_after_it(
    register: Register, halted: Halted
) -> None:
    part = state(halted[1]).with_name("deel-0000001.csv")
    part.write_bytes(part.read_bytes()[:-1])
    assert complete(register, halted) == 4


def test_a_part_that_is_gone_is_done_again(register: Register, halted: Halted) -> None:
    state(halted[1]).with_name("deel-0000000.csv").unlink()
    assert complete(register, halted) == 5


def test_a_part_without_its_line_is_done_again(register: Register, halted: Halted) -> None:
    state(halted[1]).with_name("deel-0000003.csv").write_text("an earlier attempt")
    assert complete(register, halted) == 2


def test_a_changed_input_is_refused_and_the_state_stays(register: Register, halted: Halted) -> None:
    source, out, _ = halted
    whole = source.read_bytes()
    before = state(out).read_bytes()
    source.write_bytes(whole.replace(b"000", b"999", 1))
    with pytest.raises(ConversionStopped, match="the input changed"):
        convert_here(register, source, out)
    assert state(out).read_bytes() == before
    source.write_bytes(whole)
    assert complete(register, halted) == 2


def test_a_changed_parameter_is_refused_by_its_name(register: Register, halted: Halted) -> None:
    source, out, _ = halted
    with pytest.raises(ConversionStopped, match="other values of batch"):
        convert_here(register, source, out, size=5)
    other = replace(register, task=replace(register.task, doel="iets-anders"))
    with pytest.raises(ConversionStopped, match="other values of doel"):
        convert_here(other, source, out)
    assert complete(register, halted) == 2


def test_an_output_that_exists_is_never_written_over(register: Register, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", register, people_of(register, 2))
    (tmp_path / "out.csv").write_text("van iemand")
    with pytest.raises(ConversionStopped, match="exists already"):
        convert_here(register, source, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "van iemand"


def test_a_kill_between_the_output_and_the_end_of_the_state_is_repaired(
    register: Register, halted: Halted
) -> None:
    halted[1].write_text("put in place, and then killed")
    assert complete(register, halted) == 2


def test_two_processes_do_not_convert_to_one_output(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("x")
    head = {"invoer": fingerprint(tmp_path / "in")}
    first = Journal(tmp_path / "out.csv", ".csv", head)
    with pytest.raises(ConversionStopped, match="another process"):
        Journal(tmp_path / "out.csv", ".csv", head)
    first.close()
    Journal(tmp_path / "out.csv", ".csv", head).close()


def test_the_state_holds_no_value_of_a_rejected_row(register: Register, tmp_path: Path) -> None:
    people = people_of(register, 3)
    source, out = write_csv(tmp_path / "in.csv", register, people, bad=(1,)), tmp_path / "out.csv"
    with pytest.raises(ConversionStopped):
        convert_here(register, source, out, size=2, before=Halt(1))
    head, entry = map(json.loads, state(out).read_text().splitlines())
    assert set(head) == {"soort", "invoer", "doel", "batch"}
    assert entry["afgekeurd"] == [[4, "malformed-wrapping"]]
    assert set(entry) == {"deel", "rijen", "uit", "sha256", "afgekeurd"}
