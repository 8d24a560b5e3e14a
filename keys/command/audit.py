"""The auditor's verbs: a key of its own, and judging what transcryptors kept.

auditor$ python -m keys auditor sleutel --map /etc/auditor      (auditor.publiek.json goes to all parties)
auditor$ python -m keys audit t1 copy-of-t1.db --registry registry.db --map /etc/auditor --partijen …
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track
from sqlalchemy.exc import SQLAlchemyError

from keys.command.judging import AuditFailed, Auditor
from keys.kernel.pep.errors import PepError
from keys.preparation import AUDITOR_PUBLIC, make_auditor_key

auditor = typer.Typer(no_args_is_help=True, help="The auditor's own key.")
Folder = Annotated[Path, typer.Option("--map", help="The auditor's folder, with auditor.json in it.")]


@auditor.command("sleutel")
def make_key(folder: Folder) -> None:
    """Make the auditor's key pair; the public half goes to every transcryptor."""
    make_auditor_key(folder)
    typer.echo(f"{folder / AUDITOR_PUBLIC} goes to every transcryptor; the rest of {folder} to nobody")


def audit(
    partij: Annotated[str, typer.Argument(help="t1, t2 or t3")],
    database: Annotated[str, typer.Argument(help="The party's database (or a copy): a file or a URL.")],
    registry: Annotated[str, typer.Option(help="The registry's database: a file or a URL.")],
    partijen: Annotated[Path, typer.Option(help="partijen.json: the public keys of all parties.")],
    folder: Folder,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the findings here.")] = None,
) -> None:
    """Judge every batch that a party kept for the auditor: exits with 1 when one is not honest."""
    try:
        judge = Auditor.open(folder, partij, database, registry, partijen)
        copies = judge.copies()
        findings = [
            finding
            for copy in track(copies, description="batches", disable=len(copies) < 100)
            if (finding := judge.judge(copy)) is not None
        ]
    except (AuditFailed, PepError, SQLAlchemyError, OSError) as error:
        typer.echo(f"the audit could not be done: {error}", err=True)
        raise typer.Exit(2) from error
    for finding in findings:
        typer.echo(f"{finding['actor']} {finding['aanvraag']} step {finding['stap']}: {finding['code']}")
    typer.echo(f"{partij}: {len(copies)} batches, {judge.items} items, {len(findings)} not honest")
    if json_file is not None:
        summary = {"partij": partij, "batches": len(copies), "items": judge.items, "bevindingen": findings}
        json_file.write_text(json.dumps(summary, indent=1), "utf-8")
    if findings:
        raise typer.Exit(1)
