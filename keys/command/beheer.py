"""Verbs on the registry, over its API and with the operator's own key.

python -m keys doel publiceren doel.json --keys-url https://…/keys --sleutel beheer.jwk
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, cast

import httpx2
import typer
from pydantic import BaseModel, ValidationError

from keys.client import KeysBeheer, PeerUnavailable, RegistryRefused
from keys.deps import Clock
from keys.kernel.jws import SigningKey
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.pep import Domain, PepError
from keys.wire.doelen import ActorIn, DoelIn
from keys.wire.goedkeuring import Soort, approve

Url = Annotated[str, typer.Option("--keys-url", envvar="KEYS_URL", help="Base address of the registry.")]
Key = Annotated[Path, typer.Option("--sleutel", envvar="KEYS_BEHEER_JWK", help="The operator's key file.")]

Approvals = Annotated[
    list[Path] | None,
    typer.Option("--goedkeuring", help="A file with an approval; twice, where two are needed."),
]

actor = typer.Typer(no_args_is_help=True, help="Actors: sub-actors of organisations.")
doel = typer.Typer(no_args_is_help=True, help="Purposes.")
domein = typer.Typer(no_args_is_help=True, help="Pseudonymisation domains.")
gebruiksgrond = typer.Typer(no_args_is_help=True, help="Who may translate to whom, for which purpose.")


def approve_content(
    soort: Annotated[str, typer.Argument(help="doel, actor or sleutels")],
    bestand: Annotated[Path, typer.Argument(help="The JSON that is to be registered, as the API takes it.")],
    naam: Annotated[str, typer.Option(help="Who approves.")],
    sleutel: Key,
) -> None:
    """Approve a content with an operator's own key; prints the approval, for whoever registers it.

    For `sleutels`: {"actor": "oin:…", "jwks": {…}}. For `actor`: {oin, onderactor, naam, rol, jwks}.
    """
    models: dict[str, type[BaseModel]] = {"doel": DoelIn, "actor": ActorIn}
    content = _json(bestand)
    try:
        if soort in models:
            content = models[soort].model_validate(content).model_dump()
        elif soort != "sleutels" or content.keys() != {"actor", "jwks"}:
            raise typer.BadParameter(f"{bestand} does not hold what is to be approved as {soort}")
        key = SigningKey.load(sleutel)
    except ValidationError as error:
        raise typer.BadParameter(f"{bestand} does not hold a {soort} as the API takes it") from error
    except (OSError, UnusableKey) as error:
        typer.echo(f"{sleutel} is no usable key file", err=True)
        raise typer.Exit(2) from error
    typer.echo(approve(cast(Soort, soort), content, naam, key, Clock(None).now()))


@actor.command("toevoegen")
def add_actor(
    oin: str,
    onderactor: str,
    naam: str,
    rol: str,
    jwks: Path,
    keys_url: Url,
    sleutel: Key,
    goedkeuring: Approvals = None,
) -> None:
    """Register an actor; `rol`: identiteit, machtigen, register or dienst; `jwks`: a key set file."""
    given = _approvals(goedkeuring)
    run_as_operator(
        keys_url,
        sleutel,
        lambda beheer: beheer.register_actor(oin, onderactor, naam, rol, _json(jwks), given),
    )


@actor.command("sleutels")
def replace_keys(
    actor_id: str, jwks: Path, keys_url: Url, sleutel: Key, goedkeuring: Approvals = None
) -> None:
    """Replace an actor's public keys by those in a key set file."""
    given = _approvals(goedkeuring)
    run_as_operator(keys_url, sleutel, lambda beheer: beheer.replace_actor_keys(actor_id, _json(jwks), given))


@actor.command("beeindigen")
def end_actor(actor_id: str, keys_url: Url, sleutel: Key) -> None:
    """Withdraw an actor at once: no keys for it, no translation to or from its domains."""
    run_as_operator(keys_url, sleutel, lambda beheer: beheer.end_actor(actor_id))


@actor.command("hertoelaten")
def readmit_actor(
    oin: str,
    onderactor: str,
    naam: str,
    rol: str,
    jwks: Path,
    keys_url: Url,
    sleutel: Key,
    goedkeuring: Approvals = None,
) -> None:
    """Admit a withdrawn actor again, as `toevoegen`; its grounds of use are granted anew."""
    given = _approvals(goedkeuring)
    run_as_operator(
        keys_url,
        sleutel,
        lambda beheer: beheer.readmit_actor(oin, onderactor, naam, rol, _json(jwks), given),
    )


@doel.command("publiceren")
def publish(bestand: Path, keys_url: Url, sleutel: Key, goedkeuring: Approvals = None) -> None:
    """Publish a purpose, or a new version of it, from a JSON file (see keys.wire.doelen.DoelIn)."""
    given = _approvals(goedkeuring)
    run_as_operator(keys_url, sleutel, lambda beheer: beheer.publish_doel(_json(bestand), given))


@doel.command("beeindigen")
def end(doel_id: str, per: datetime, keys_url: Url, sleutel: Key) -> None:
    """End a purpose from a moment on (read as local time when it has no offset)."""
    run_as_operator(keys_url, sleutel, lambda beheer: beheer.end_doel(doel_id, per.astimezone()))


@domein.command("toevoegen")
def add_domain(naam: str, keys_url: Url, sleutel: Key) -> None:
    """Register a domain, `<actor>|doel:<id>|v<n>`."""
    run_as_operator(keys_url, sleutel, lambda beheer: beheer.register_domein(Domain.parse(naam)))


@gebruiksgrond.command("verlenen")
def grant(
    van: str,
    naar: str,
    doel_id: str,
    geldig_van: datetime,
    keys_url: Url,
    sleutel: Key,
    geldig_tot: datetime | None = None,
    max_per_dag: int | None = None,
    bij_overschrijding: str = "weigeren",
) -> None:
    """Grant a direction between two domains for a purpose."""
    until = None if geldig_tot is None else geldig_tot.astimezone()
    run_as_operator(
        keys_url,
        sleutel,
        lambda beheer: beheer.grant(
            Domain.parse(van),
            Domain.parse(naar),
            doel_id,
            geldig_van.astimezone(),
            until,
            max_per_dag,
            bij_overschrijding=bij_overschrijding,
        ),
    )


@gebruiksgrond.command("intrekken")
def withdraw(gebruiksgrond_id: str, keys_url: Url, sleutel: Key) -> None:
    """Withdraw a direction at once."""
    run_as_operator(keys_url, sleutel, lambda beheer: beheer.withdraw(gebruiksgrond_id))


def _approvals(paths: list[Path] | None) -> list[str]:
    try:
        return [path.read_text("ascii").strip() for path in paths or []]
    except (OSError, ValueError) as error:
        raise typer.BadParameter("an approval cannot be read") from error


def _json(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path} does not hold JSON") from error
    if not isinstance(document, dict):
        raise typer.BadParameter(f"{path} does not hold a JSON object")
    return document


def run_as_operator(keys_url: str, key: Path, act: Callable[[KeysBeheer], BaseModel]) -> None:
    """Do one act on the registry and print its outcome; a refusal is a sentence and an exit with 1."""
    try:
        with httpx2.Client(timeout=10) as http:
            beheer = KeysBeheer(keys_url, SigningKey.load(key), http, Clock(None).now)
            typer.echo(act(beheer).model_dump_json(indent=1))
    except RegistryRefused as refusal:
        typer.echo(f"refused: {refusal.code}", err=True)
        raise typer.Exit(1) from refusal
    except PepError as error:
        typer.echo(f"refused: {error.code}", err=True)
        raise typer.Exit(1) from error
    except PeerUnavailable as error:
        typer.echo("the registry does not answer", err=True)
        raise typer.Exit(1) from error
    except (OSError, UnusableKey) as error:
        typer.echo(f"{key} is no usable key file", err=True)
        raise typer.Exit(2) from error
