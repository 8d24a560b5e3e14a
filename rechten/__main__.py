"""Operator's commands of this service: `python -m rechten serve|migrate|upkeep|register …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from keys.kernel.database import migrate as upgrade
from rechten.api.beheer import read_register
from rechten.app import REGISTER_MIGRATIONS, create_app
from rechten.deps import Services
from rechten.settings import Settings
from rechten.wire.beheer import RegisterIn

cli = typer.Typer(no_args_is_help=True, help="rechten: registers, access, log and inspection.")
register = typer.Typer(no_args_is_help=True, help="Registers: add one, pause it, resume it.")
cli.add_typer(register, name="register")


def _services() -> Services:
    services: Services = create_app(Settings()).state.services
    return services


@cli.command()
def serve(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve this package."""
    app = create_app(Settings())
    uvicorn.run(app, host=host, port=port, proxy_headers=False, server_header=False, access_log=False)


@cli.command()
def migrate() -> None:
    """Bring the package's database and those of all registers to the newest version."""
    settings = Settings()
    upgrade(settings.database_url, "rechten")
    for known in _services().registers.list_all():
        upgrade(settings.database_of(known.id), "rechten", REGISTER_MIGRATIONS)
        print(f"register {known.id}: up to date")


@cli.command()
def upkeep() -> None:
    """Do one round of background work."""
    create_app(Settings()).state.upkeep()


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


if __name__ == "__main__":
    cli()
