"""The operator's command line of `keys`: `python -m keys …`. Settings come from the environment (KEYS_…)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keys.command.audit import audit, auditor
from keys.command.beheer import actor, approve_content, doel, domein, gebruiksgrond
from keys.command.bewaarplaats import bewaarplaats
from keys.command.ceremony import ceremony
from keys.command.convert import convert
from keys.command.opslag import Generation
from keys.command.rotatie import rotatie
from keys.command.verversing import verversing

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Pseudonymous keys and purposes.")
app.add_typer(actor, name="actor")
app.add_typer(doel, name="doel")
app.add_typer(domein, name="domein")
app.add_typer(gebruiksgrond, name="gebruiksgrond")
app.add_typer(ceremony, name="ceremony")
app.add_typer(bewaarplaats, name="bewaarplaats")
app.add_typer(rotatie, name="rotatie")
app.add_typer(verversing, name="verversing")
app.add_typer(auditor, name="auditor")
app.command("audit")(audit)
app.command("goedkeuren")(approve_content)
app.command("convert")(convert)


@app.command()
def serve(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve the registry and the parties that the settings name."""
    from keys.app import create_app
    from keys.kernel.starting.command import or_exit, serve_with_upkeep
    from keys.settings import Settings

    settings = or_exit("keys", Settings, Settings)
    built = or_exit("keys", Settings, lambda: create_app(settings))
    serve_with_upkeep(built, host, port, built.state.keys.log)


@app.command()
def migrate() -> None:
    """Bring the databases of this process up to date; data stay."""
    from keys.kernel.starting.command import or_exit
    from keys.preparation import migrate_all
    from keys.settings import Settings

    settings = or_exit("keys", Settings, Settings)
    or_exit("keys", Settings, lambda: migrate_all(settings))
    typer.echo("up to date")


@app.command()
def upkeep() -> None:
    """One round of background work: kept answers and auditor's copies whose term has ended go."""
    from keys.app import create_app
    from keys.kernel.starting.command import or_exit
    from keys.settings import Settings

    settings = or_exit("keys", Settings, Settings)
    or_exit("keys", Settings, lambda: create_app(settings)).state.upkeep()
    typer.echo("done")


@app.command()
def setup(folder: Path, generatie: Generation = 1) -> None:
    """Make THROWAWAY shares and signing keys of three parties in one folder, for development only.

    One process sees all shares while it makes them. For real: `python -m keys ceremony`.
    """
    from keys.preparation import make_throwaway_parties
    from keys.pseudonyms.filestore import make_throwaway

    try:
        make_throwaway_parties(folder)
        if generatie > 1:  # beside the first: for a refresh
            make_throwaway(folder, generatie)
    except OSError as error:
        typer.echo(f"{folder} cannot be written to ({error.strerror})", err=True)
        raise typer.Exit(2) from error
    typer.echo(f"throwaway shares of t1, t2 and t3 in {folder}; production refuses them")


@app.command()
def vectors(paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH...")] = None) -> None:
    """Check files of test vectors: every field of every row. Ends with 1 on any difference."""
    from keys.kernel.pep.errors import PepError
    from keys.vectors.command import run

    try:
        code = run(paths or [], typer.echo)
    except PepError as error:  # libsodium is missing or wrong
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    raise typer.Exit(code)


if __name__ == "__main__":
    app()
