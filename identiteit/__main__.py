"""Operator's commands of identiteit: `python -m identiteit …`. Settings come from `IDENTITEIT_…`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from fastapi import FastAPI

from identiteit import events
from identiteit.api.balie import read_bsn
from identiteit.app import create_app
from identiteit.errors import NotFound
from identiteit.gebeurtenissen import invoer
from identiteit.settings import Settings
from keys.client import TranslationRefused
from keys.kernel import database as databases
from keys.kernel.caller import PeerUnavailable
from keys.kernel.starting.command import or_exit, serve_with_upkeep

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Who someone is.")
bron = typer.Typer(no_args_is_help=True, help="Sources of life events.")
cli.add_typer(bron, name="bron")


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
    """How many life events of each kind were taken in."""
    counts = _app().state.services.gebeurtenissen.count_by_kind()
    for kind, count in sorted(counts.items()):
        typer.echo(f"{kind:<18} {count}")
    if not counts:
        typer.echo("none")


@cli.command()
def leveringen() -> None:
    """How the deliveries of life events stand: the last number, how many wait, which are dead."""
    for stand in _app().state.services.gebeurtenissen.state():
        dead = ", ".join(map(str, stand.dood)) or "none"
        typer.echo(f"{stand.ontvanger}: {stand.laatste} in all, {stand.wachtend} waiting, dead: {dead}")


@cli.command()
def herleveren(ontvanger: str, van: int, tot: Annotated[int | None, typer.Argument()] = None) -> None:
    """Deliver life events VAN up to TOT to ONTVANGER again, dead letters included."""
    app = _app().state.services
    if ontvanger not in app.settings.ontvangers:
        raise typer.BadParameter("there is no such receiver")
    number = app.gebeurtenissen.deliver_again(ontvanger, van, tot or van, app.now())
    app.log.emit(events.EVENTS_AGAIN, ontvanger=ontvanger, aantal=number)
    typer.echo(f"{number} in line again")


@bron.command()
def importeren(
    bestand: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    client: Annotated[str, typer.Option(help="The registered source that this feed comes from.")],
) -> None:
    """Take in a feed: BESTAND holds JSON lines as the API takes them, or CSV (its name ends in .csv).

    Twice is the same as once. Ends with code 1 when a line was refused.
    """
    app = _app().state.services
    if app.tickets.keys_of_source(client) is None:
        raise typer.BadParameter("there is no such source")
    with bestand.open(encoding="utf-8-sig", newline="") as feed:
        lines = invoer.read_lines(feed, as_csv=bestand.suffix.lower() == ".csv")
        telling = invoer.bring(
            lines, lambda event, kenmerk: app.gebeurtenissen.take(event, client, app.now(), kenmerk)
        )
    for weigering in telling.weigeringen:
        typer.echo(f"line {weigering.regel}: {weigering.reden}", err=True)
    app.log.emit(
        events.EVENTS_IMPORTED,
        gelezen=telling.gelezen,
        nieuw=telling.nieuw,
        dubbel=telling.dubbel,
        geweigerd=len(telling.weigeringen),
    )
    typer.echo(
        f"{telling.gelezen} read: {telling.nieuw} new, {telling.dubbel} double, "
        f"{len(telling.weigeringen)} refused"
    )
    if telling.weigeringen:
        raise typer.Exit(1)


if __name__ == "__main__":
    cli()
