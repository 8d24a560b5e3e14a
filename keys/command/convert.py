"""A whole register to another domain: `python -m keys convert IN OUT --from … --to … --doel …`.

python -m keys convert register.csv verzonden.csv --map /etc/register --endpoints https://…/endpoints.json \\
    --from "oin:…:register|doel:register|v1" --to "oin:…:ander|doel:ander|v1" --doel uitwisseling

The folder (--map) holds ondertekening.jwk, domein.json and, for wrapped pseudonyms, lokaal.key. The same
command once more goes on where an earlier run stopped.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from keys.bulk.columns import Columns
from keys.bulk.conversion import Conversion, Told, rejects_of
from keys.bulk.csvfile import CsvFile
from keys.bulk.errors import ConversionStopped
from keys.bulk.journal import Counts, Journal, fingerprint
from keys.bulk.workforce import cluster, processes
from keys.bulk.working import TIMEOUT_S, Task, Worker
from keys.kernel.pep import Context, Domain, PepError
from keys.wire.transcrypties import MAXIMUM_ITEMS
from keys.wire.verklaringen import PARTIES

Name = Annotated[str, typer.Option(help="Column with wrapped pseudonyms or ciphertexts.")]


@dataclass(frozen=True)
class _Asked:
    source: Path
    out: Path
    task: Task
    columns: Columns
    size: int

    def head(self) -> dict[str, Any]:
        """All that the output depends on."""
        names = ("van", "naar", "doel", "naar_epoch")
        told = {name: getattr(self.task, name) for name in names}
        return {
            "invoer": fingerprint(self.source),
            **told,
            "kolommen": asdict(self.columns),
            "batch": self.size,
        }


def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="CSV or Parquet (.parquet).")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The same kind of file; must not exist.")],
    van: Annotated[str, typer.Option("--from", help="Our own domain.")],
    naar: Annotated[str, typer.Option("--to", help="The domain of the receiver.")],
    doel: Annotated[str, typer.Option(help="The purpose of use.")],
    folder: Annotated[Path, typer.Option("--map", help="Folder with our key files.")] = Path(),
    sleutel: Annotated[Path | None, typer.Option(help="Our signing key, else ondertekening.jwk.")] = None,
    domeinsleutel: Annotated[Path | None, typer.Option(help="Our domain's key, else domein.json.")] = None,
    lokaal: Annotated[Path | None, typer.Option(help="Our local key, else lokaal.key.")] = None,
    certificaat: Annotated[Path | None, typer.Option(help="TLS client certificate, PEM.")] = None,
    certificaat_sleutel: Annotated[Path | None, typer.Option(help="Its key, PEM.")] = None,
    endpoints: Annotated[str | None, typer.Option(help="endpoints.json, a file or an address.")] = None,
    keys_url: Annotated[
        str | None, typer.Option("--keys-url", envvar="KEYS_URL", help="The registry.")
    ] = None,
    partij: Annotated[list[str] | None, typer.Option(help="t1=https://…; once for each party.")] = None,
    kolom: Name = "pseudoniem",
    pid_kolom: Annotated[str, typer.Option(help="Column with the pid of a wrapped pseudonym.")] = "pid",
    uit_kolom: Annotated[str | None, typer.Option(help="Its name in the output; else the same.")] = None,
    met_pid: Annotated[bool, typer.Option("--met-pid", help="Keep our pid in the output.")] = False,
    domein_kolom: Annotated[str | None, typer.Option(help="Column that must hold --from.")] = None,
    epoch_kolom: Annotated[str | None, typer.Option(help="Column that must hold our key's epoch.")] = None,
    naar_epoch: Annotated[int, typer.Option(help="The receiver's key epoch.")] = 1,
    batch: Annotated[int, typer.Option(min=1, max=MAXIMUM_ITEMS, help="Rows sent at once.")] = MAXIMUM_ITEMS,
    processen: Annotated[int | None, typer.Option(min=1, help="Worker processes, else one a core.")] = None,
    dask: Annotated[str | None, typer.Option(help="Scheduler of a Dask cluster that does the work.")] = None,
    opnieuw: Annotated[bool, typer.Option("--opnieuw", help="Forget an earlier run and its output.")] = False,
) -> None:
    """Convert a register's file to another domain; goes on where an earlier run of it stopped."""
    try:
        task = Task(
            van=van, naar=naar, doel=doel, naar_epoch=naar_epoch,
            signing_key=(sleutel or folder / "ondertekening.jwk").resolve(),
            domain_key=(domeinsleutel or folder / "domein.json").resolve(),
            local_key=_local(lokaal, folder), **_addresses(endpoints, keys_url, partij),
            stated=(domein_kolom is not None, epoch_kolom is not None),
            certificate=_pair(certificaat, certificaat_sleutel),
        )  # fmt: skip
        columns = Columns(kolom, pid_kolom, uit_kolom or kolom, domein_kolom, epoch_kolom, met_pid)
        counts = _convert(_Asked(source, out, task, columns, batch), processen, dask, opnieuw=opnieuw)
    except ConversionStopped as stopped:
        typer.echo(str(stopped), err=True)
        raise typer.Exit(1) from stopped
    except KeyboardInterrupt as interrupt:
        typer.echo("stopped; the same command goes on from here", err=True)
        raise typer.Exit(130) from interrupt
    except PepError as error:  # libsodium is missing or wrong
        typer.echo(f"stopped: {error}", err=True)
        raise typer.Exit(2) from error
    except OSError as error:
        typer.echo(f"stopped: {error.filename or 'a file'} cannot be used ({error.strerror})", err=True)
        raise typer.Exit(2) from error
    typer.echo(f"{counts.rows} rows in, {counts.out} out, {counts.refused} rejected ({rejects_of(out)})")


def _convert(asked: _Asked, count: int | None, dask: str | None, *, opnieuw: bool) -> Counts:
    _check_names(asked.task)
    Worker(asked.task)  # a key file that is not right is told before anything is made
    source = _open(asked)
    if opnieuw:
        shutil.rmtree(asked.out.with_name(f"{asked.out.name}.bezig"), ignore_errors=True)
        asked.out.unlink(missing_ok=True)
    stamp = asked.source.stat()
    journal = Journal(asked.out, source.suffix, asked.head())
    try:
        before = journal.counts.rows
        if before:
            typer.echo(f"going on after {before} rows", err=True)
        with _progress(source.count(), before) as told:
            conversion = Conversion(source, journal, asked.task, asked.size, told)
            with cluster(dask) if dask else processes(count) as workforce:
                conversion.run(workforce)
        now = asked.source.stat()
        if (stamp.st_size, stamp.st_mtime_ns) != (now.st_size, now.st_mtime_ns):
            raise ConversionStopped("the input changed during the conversion; give --opnieuw to begin again")
        return conversion.complete(asked.out)
    finally:
        journal.close()


def _open(asked: _Asked) -> Any:
    target = (asked.task.naar, asked.task.naar_epoch)
    is_parquet = asked.source.suffix.lower() in {".parquet", ".pq"}
    if is_parquet != (asked.out.suffix.lower() in {".parquet", ".pq"}):
        raise ConversionStopped("IN and OUT must be of the same kind: CSV, or Parquet (.parquet)")
    if asked.out.resolve() == asked.source.resolve():
        raise ConversionStopped("OUT must be another file than IN")
    if not is_parquet:
        return CsvFile(asked.source, asked.columns, target)
    try:
        from keys.bulk.parquetfile import ParquetFile
    except ImportError as error:
        raise ConversionStopped("Parquet needs the packages of the extra `bulk`") from error
    return ParquetFile(asked.source, asked.columns, target)


def _check_names(task: Task) -> None:
    for option, text in (("--from", task.van), ("--to", task.naar)):
        try:
            Context(Domain.parse(text), task.naar_epoch)
        except PepError as error:
            wrong = "--naar-epoch is no epoch" if error.code == "wrong-epoch" else f"{option} is no domain"
            raise ConversionStopped(wrong) from error


def _local(given: Path | None, folder: Path) -> Path | None:
    path = (given or folder / "lokaal.key").resolve()
    return path if given is not None or path.exists() else None


def _pair(certificate: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    if certificate is None or key is None:
        if certificate is not key:
            raise ConversionStopped("--certificaat and --certificaat-sleutel go together")
        return None
    return certificate.resolve(), key.resolve()


def _addresses(endpoints: str | None, keys_url: str | None, parties: list[str] | None) -> dict[str, Any]:
    """`keys_url` and `party_urls` of a Task; what is given by itself counts before endpoints.json."""
    found = _endpoints(endpoints) if endpoints else {}
    if keys_url:
        found["keys"] = keys_url
    for text in parties or []:
        name, separator, url = text.partition("=")
        if not separator or name not in PARTIES:
            raise ConversionStopped("--partij is written as t1=https://…")
        found[name] = url
    urls = tuple((name, found[name]) for name in PARTIES if name in found)
    if "keys" not in found or len(urls) < 2:
        raise ConversionStopped("give the addresses: --endpoints, or --keys-url and --partij for two parties")
    return {"keys_url": found["keys"], "party_urls": urls}


def _endpoints(place: str) -> dict[str, str]:
    try:
        if "://" in place:
            document = httpx2.get(place, timeout=TIMEOUT_S).raise_for_status().json()
        else:
            document = json.loads(Path(place).read_text("utf-8"))
        return {str(name): str(url).rstrip("/") for name, url in document.items()}
    except (httpx2.HTTPError, OSError, ValueError, AttributeError) as error:
        raise ConversionStopped(f"{place} does not give the addresses of keys and the parties") from error


@contextmanager
def _progress(total: int, done: int) -> Iterator[Told]:
    """A bar with the rate and the time that is left; silent when standard error is no terminal."""
    columns = (
        TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.speed:.0f} rows/s"),
        TimeRemainingColumn(),
    )  # fmt: skip
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("rows", total=total, completed=done)
        yield lambda rows: progress.advance(bar, rows)
