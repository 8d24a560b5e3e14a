"""Operator's commands of machtigen: `python -m machtigen …`. Settings come from `MACHTIGEN_…`."""

from __future__ import annotations

from typing import Annotated

import typer
from fastapi import FastAPI

from keys.kernel import database as databases
from keys.kernel.starting.command import or_exit, serve_with_upkeep
from machtigen.aansluiting.command import aansluiten
from machtigen.app import create_app
from machtigen.errors import MachtigenError
from machtigen.organisaties.model import Lidrol, Organisatie
from machtigen.partijen.model import PartijId
from machtigen.settings import Settings

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Who may act for whom.")
cli.command()(aansluiten)


def _settings() -> Settings:
    return or_exit("machtigen", Settings, Settings)


def _app() -> FastAPI:
    settings = _settings()
    return or_exit("machtigen", Settings, lambda: create_app(settings))


@cli.command()
def serve(host: str = "127.0.0.1", port: int = 8002) -> None:
    """Serve on HOST and PORT, with upkeep beside it."""
    app = _app()
    serve_with_upkeep(app, host, port, app.state.services.log)


@cli.command()
def migrate() -> None:
    """Bring the database to the newest version."""
    url = _settings().database_url
    or_exit("machtigen", Settings, lambda: databases.migrate(url, "machtigen"))
    typer.echo("machtigen: the database is up to date")


@cli.command()
def upkeep() -> None:
    """Do one round of background work: ends of machtigingen, notices, status lists, sweeping."""
    _app().state.upkeep()


@cli.command()
def organisatie(slug: str, naam: str, nummer: str, engels: str = "", vereist_aantal: int = 1) -> None:
    """Register an organisation under SLUG, with its public NAAM and NUMMER."""
    rooms = _app().state.services
    names = {"nl": naam, **({"en": engels} if engels else {})}
    wanted = Organisatie(PartijId(""), slug, names, nummer, "handelsregister", vereist_aantal)
    try:
        made, _ = rooms.organisaties.register(wanted, rooms.now())
    except MachtigenError as error:
        raise typer.BadParameter(error.title) from error
    typer.echo(made.id)


@cli.command()
def bestuurder(slug: str, functie: Annotated[str, typer.Argument()] = "bestuurder") -> None:
    """Print a code, valid for fourteen days, with which a director of SLUG joins at their own login."""
    rooms = _app().state.services
    try:
        invited = rooms.organisaties.invite_by_source(slug, Lidrol.BESTUURDER, functie, rooms.now())
    except MachtigenError as error:
        raise typer.BadParameter(error.title) from error
    typer.echo(invited.code)


if __name__ == "__main__":
    cli()
