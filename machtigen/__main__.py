"""Operator's commands of machtigen: `python -m machtigen …`. Settings come from `MACHTIGEN_…`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from fastapi import FastAPI

from keys.kernel import database as databases
from keys.kernel.caller import PeerUnavailable
from keys.kernel.database import Database
from keys.kernel.jws import Jwks
from keys.kernel.starting.command import or_exit, serve_with_upkeep
from machtigen import nakijken
from machtigen.aansluiting.command import aansluiten
from machtigen.app import create_app, signing_key
from machtigen.balie.errors import DeskTicketRefused
from machtigen.beoordeling.command import betwisting
from machtigen.beslissingen.logboek import Logboek
from machtigen.errors import MachtigenError, NotFound
from machtigen.machtigingen.zegels import Zegels
from machtigen.organisaties.model import Lidrol, Organisatie
from machtigen.partijen.model import PartijId
from machtigen.settings import Settings

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Who may act for whom.")
cli.command()(aansluiten)
cli.add_typer(nakijken.cli, name="geschiedenis")
cli.add_typer(betwisting, name="betwisting")


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
def beslissingen(
    vanaf: Annotated[datetime | None, typer.Option(help="From this moment (UTC).")] = None,
    tot: Annotated[datetime | None, typer.Option(help="Until this moment (UTC), not included.")] = None,
    actor: Annotated[str | None, typer.Option(help="Of this actor only.")] = None,
) -> None:
    """Write the decision log to standard output: one record per line, oldest first."""
    database = Database(_settings().database_url)
    try:
        Logboek(database).export(
            lambda record: typer.echo(json.dumps(record, ensure_ascii=False)),
            since=vanaf and vanaf.replace(tzinfo=UTC),
            until=tot and tot.replace(tzinfo=UTC),
            actor=actor,
        )
    finally:
        database.close()


@cli.command()
def upkeep() -> None:
    """Do one round of background work: ends of machtigingen, notices, status lists, sweeping."""
    _app().state.upkeep()


@cli.command()
def baliemedewerker(loket: str = "", einde: bool = False) -> None:
    """Let the person of a ticket (standard input) work at the desk LOKET, or with --einde no more.

    `python -m identiteit baliemedewerker` gives the ticket: no number comes here.
    """
    app = _app().state.services
    ticket = sys.stdin.readline().strip()
    if not (loket or einde):
        typer.echo("machtigen: --loket or --einde", err=True)
        raise typer.Exit(2)
    try:
        if einde:
            app.balie.end_clerk(ticket, app.now())
        else:
            app.balie.register_clerk(ticket, loket, app.now())
    except (DeskTicketRefused, NotFound) as error:
        typer.echo("machtigen: the ticket does not count, or there is no such clerk", err=True)
        raise typer.Exit(1) from error
    except PeerUnavailable as error:
        typer.echo("machtigen: identiteit or keys did not answer, try again", err=True)
        raise typer.Exit(1) from error
    typer.echo("machtigen: done")


@nakijken.cli.command()
def controleren() -> None:
    """Read the history of the whole house and say what differs from what was sealed; exit 1 when any."""
    settings = _settings()
    key = or_exit("machtigen", Settings, lambda: signing_key(settings, "ondertekening.jwk", "ES256"))
    database = databases.Database(settings.database_url)
    try:
        found = Zegels(database, key, settings.own_url).check(Jwks.of(key))
    finally:
        database.close()
    for sentence in found:
        typer.echo(sentence, err=True)
    if found:
        raise typer.Exit(1)
    typer.echo("machtigen: the history is as it was written and sealed")


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
