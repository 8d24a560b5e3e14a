"""Operator's commands of this service: `python -m rechten serve|migrate|upkeep|register …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from fastapi import FastAPI

from keys.client import TranslationRefused
from keys.kernel import database as databases
from keys.kernel.caller import PeerUnavailable
from keys.kernel.starting.command import or_exit, serve_with_upkeep
from rechten.api.beheer import read_register
from rechten.app import REGISTER_MIGRATIONS, create_app
from rechten.deps import Services
from rechten.errors import RegisterNotReady, RegisterUnknown
from rechten.registers.hernummeren import CannotRenumber, Hernummering
from rechten.registers.service import list_ids
from rechten.settings import Settings
from rechten.wire.beheer import RegisterIn

cli = typer.Typer(no_args_is_help=True, help="rechten: registers, access, log and inspection.")
register = typer.Typer(no_args_is_help=True, help="Registers: add one, pause it, resume it.")
cli.add_typer(register, name="register")


def _settings() -> Settings:
    return or_exit("rechten", Settings, Settings)


def _app() -> FastAPI:
    settings = _settings()
    return or_exit("rechten", Settings, lambda: create_app(settings))


def _services() -> Services:
    services: Services = _app().state.services
    return services


@cli.command()
def serve(host: str = "127.0.0.1", port: int = 8003) -> None:
    """Serve on HOST and PORT, with upkeep beside it."""
    app = _app()
    serve_with_upkeep(app, host, port, app.state.services.log)


@cli.command()
def migrate() -> None:
    """Bring the package's database and those of all registers to the newest version."""
    settings = _settings()
    or_exit("rechten", Settings, lambda: _migrate(settings))


def _migrate(settings: Settings) -> None:
    databases.migrate(settings.database_url, "rechten")
    typer.echo("rechten: the database is up to date")
    database = databases.Database(settings.database_url)
    try:
        known = list_ids(database)
    finally:
        database.close()
    for register_id in known:
        databases.migrate(settings.database_of(register_id), "rechten", REGISTER_MIGRATIONS)
        typer.echo(f"register {register_id}: up to date")


@cli.command()
def upkeep() -> None:
    """Do one round of background work: keys of new registers, sweeping."""
    _app().state.upkeep()


@register.command("toevoegen")
def add(description: Annotated[Path, typer.Argument(help="JSON as for the beheer interface")]) -> None:
    """Create a register and print its public keys, to be registered for its actor at `keys`."""
    services = _services()
    wanted = read_register(RegisterIn.model_validate_json(description.read_text("utf-8")))
    created, keys = services.registers.create(wanted, services.now())
    print("created" if created else "was there already")
    print(keys.as_dict())


@register.command("pauzeren")
def pause(register_id: str) -> None:
    """Put a register in maintenance: it answers 503 until it is resumed."""
    _services().registers.pause(register_id, paused=True)
    print(f"{register_id}: paused")


@register.command("hervatten")
def resume(register_id: str) -> None:
    """Let a register answer again."""
    _services().registers.pause(register_id, paused=False)
    print(f"{register_id}: answers again")


@register.command("hernummeren")
def renumber(
    register_id: str,
    batch: Annotated[int, typer.Option(min=1, max=1000, help="Persons in one transaction.")] = 500,
    afsluiten: Annotated[
        bool, typer.Option("--afsluiten", help="Leave the old version behind: nobody sends it any more.")
    ] = False,
) -> None:
    """Move everybody in a register to the next version of its domain, while it answers. Killed? Repeat it."""
    work = Hernummering(_services().registers, register_id)
    try:
        if afsluiten:
            print(f"{register_id}: answers for {work.close().domein} only")
            return
        naar = work.begin().domein
        total = work.move(lambda moved: print(f"{moved} moved"), batch)
    except (CannotRenumber, RegisterUnknown, RegisterNotReady) as error:
        typer.echo(str(error) or type(error).__name__, err=True)
        raise typer.Exit(1) from error
    except TranslationRefused as error:
        typer.echo(f"refused: {error.code}", err=True)
        raise typer.Exit(1) from error
    except PeerUnavailable as error:
        typer.echo("keys does not answer; try again, nothing was lost", err=True)
        raise typer.Exit(1) from error
    print(f"{register_id}: {total} moved to {naar}, which it answers for beside the version before")


if __name__ == "__main__":
    cli()
