"""Operator's commands of machtigen: `python -m machtigen …`. Settings come from `MACHTIGEN_…`."""

from __future__ import annotations

import typer
from fastapi import FastAPI

from keys.kernel import database as databases
from keys.kernel.starting.command import or_exit, serve_with_upkeep
from machtigen.aansluiting.command import aansluiten
from machtigen.app import create_app
from machtigen.beoordeling.command import betwisting
from machtigen.settings import Settings

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Who may act for whom.")
cli.command()(aansluiten)
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
def upkeep() -> None:
    """Do one round of background work: ends of machtigingen, notices, status lists, sweeping."""
    _app().state.upkeep()


if __name__ == "__main__":
    cli()
