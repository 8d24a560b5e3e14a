"""Operator's commands of machtigen: `python -m machtigen …`. Settings come from `MACHTIGEN_…`."""

from __future__ import annotations

import threading

import typer
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from keys.kernel import database as databases
from machtigen.aansluiting.command import aansluiten
from machtigen.app import create_app
from machtigen.sealing import MissingKey
from machtigen.settings import Settings

UPKEEP_PAUSE_S = 0.5

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Who may act for whom.")
cli.command()(aansluiten)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        place = name if name == "KLOK" or not name else f"MACHTIGEN_{name}"
        raise _stop(f"{place}: {first['msg']}" if place else first["msg"]) from error


def _app() -> FastAPI:
    settings = _settings()
    try:
        return create_app(settings)
    except (MissingKey, RuntimeError, ValueError) as error:
        raise _stop(str(error)) from error
    except OSError as error:
        raise _stop(f"{error.filename} cannot be used ({error.strerror})") from error


def _stop(sentence: str) -> typer.Exit:
    typer.echo(f"machtigen cannot start: {sentence}", err=True)
    return typer.Exit(2)


@cli.command()
def serve(host: str = "127.0.0.1", port: int = 8002) -> None:
    """Serve on HOST and PORT, with upkeep beside it."""
    app = _app()
    stopping = threading.Event()

    def keep_up() -> None:
        while not stopping.wait(UPKEEP_PAUSE_S):
            app.state.upkeep()

    worker = threading.Thread(target=keep_up, name="upkeep", daemon=True)
    worker.start()
    uvicorn.run(app, host=host, port=port, access_log=False, proxy_headers=False, server_header=False)
    stopping.set()


@cli.command()
def migrate() -> None:
    """Bring the database to the newest version."""
    databases.migrate(_settings().database_url, "machtigen")
    typer.echo("machtigen: the database is up to date")


@cli.command()
def upkeep() -> None:
    """Do one round of background work: ends of machtigingen, notices, status lists, sweeping."""
    _app().state.upkeep()


if __name__ == "__main__":
    cli()
