"""Operator's commands of identiteit: `python -m identiteit …`. Settings come from `IDENTITEIT_…`."""

from __future__ import annotations

import threading

import typer
import uvicorn

from identiteit.app import create_app
from identiteit.settings import Settings
from keys.kernel import database as databases

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Who someone is.")


def _settings() -> Settings:
    return Settings()


@cli.command()
def serve(host: str = "127.0.0.1", port: int = 8001) -> None:
    """Serve on HOST and PORT, with upkeep beside it."""
    app = create_app(_settings())
    stopping = threading.Event()

    def keep_up() -> None:
        while not stopping.wait(0.5):
            app.state.upkeep()

    threading.Thread(target=keep_up, name="upkeep", daemon=True).start()
    uvicorn.run(app, host=host, port=port, access_log=False, proxy_headers=False, server_header=False)
    stopping.set()


@cli.command()
def migrate() -> None:
    """Bring the database to the newest version."""
    databases.migrate(_settings().database_url, "identiteit")
    typer.echo("identiteit: the database is up to date")


@cli.command()
def upkeep() -> None:
    """Do one round of background work: log-out messages, enrolment of names, sweeping."""
    create_app(_settings()).state.upkeep()


@cli.command()
def gebeurtenissen() -> None:
    """How many life events of each kind were taken in and wait for delivery."""
    counts = create_app(_settings()).state.services.gebeurtenissen.count_by_kind()
    for kind, count in sorted(counts.items()):
        typer.echo(f"{kind:<18} {count}")
    if not counts:
        typer.echo("none")


if __name__ == "__main__":
    cli()
