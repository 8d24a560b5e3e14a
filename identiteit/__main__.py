"""Operator's commands of identiteit: `python -m identiteit …`. Settings come from `IDENTITEIT_…`."""

from __future__ import annotations

import sys

import typer
from fastapi import FastAPI

from identiteit.api.balie import read_bsn
from identiteit.app import create_app
from identiteit.errors import NotFound
from identiteit.settings import Settings
from keys.client import TranslationRefused
from keys.kernel import database as databases
from keys.kernel.caller import PeerUnavailable
from keys.kernel.starting.command import or_exit, serve_with_upkeep

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Who someone is.")


def _settings() -> Settings:
    return or_exit("identiteit", Settings, Settings)


def _app() -> FastAPI:
    settings = _settings()
    return or_exit("identiteit", Settings, lambda: create_app(settings))


@cli.command()
def serve(host: str = "127.0.0.1", port: int = 8001) -> None:
    """Serve on HOST and PORT, with upkeep beside it."""
    app = _app()
    serve_with_upkeep(app, host, port, app.state.services.log)


@cli.command()
def migrate() -> None:
    """Bring the database to the newest version."""
    url = _settings().database_url
    or_exit("identiteit", Settings, lambda: databases.migrate(url, "identiteit"))
    typer.echo("identiteit: the database is up to date")


@cli.command()
def upkeep() -> None:
    """Do one round of background work: log-out messages, enrolment of names, sweeping."""
    _app().state.upkeep()


@cli.command()
def baliemedewerker(loket: str = "", einde: bool = False) -> None:
    """Let a person work at the desk LOKET, or with --einde no more; gives a ticket for `machtigen`.

    The BSN comes from standard input, so that it stands in no list of commands.
    """
    app = _app().state.services
    bsn = read_bsn(sys.stdin.readline().strip())
    if bsn is None or not (loket or einde):
        typer.echo("identiteit: a BSN on standard input, and --loket or --einde", err=True)
        raise typer.Exit(2)
    try:
        ticket = app.balie.end(bsn, app.now()) if einde else app.balie.register(bsn, loket, app.now())
    except NotFound as error:
        typer.echo("identiteit: there is no such person, or no such clerk", err=True)
        raise typer.Exit(1) from error
    except (PeerUnavailable, TranslationRefused) as error:
        typer.echo("identiteit: keys did not answer, try again", err=True)
        raise typer.Exit(1) from error
    typer.echo(ticket)


@cli.command()
def gebeurtenissen() -> None:
    """How many life events of each kind were taken in and wait for delivery."""
    counts = _app().state.services.gebeurtenissen.count_by_kind()
    for kind, count in sorted(counts.items()):
        typer.echo(f"{kind:<18} {count}")
    if not counts:
        typer.echo("none")


if __name__ == "__main__":
    cli()
