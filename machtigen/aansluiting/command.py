"""The command `python -m machtigen aansluiten MAP …`: options in, one line per step out."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer

from keys.kernel.jws import SigningKey
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.starting.klok import InvalidKlok
from machtigen.aansluiting.errors import StepFailed, WrongInput
from machtigen.aansluiting.folder import Folder
from machtigen.aansluiting.peers import NAMES, find_addresses
from machtigen.aansluiting.plan import Plan, check_plan
from machtigen.aansluiting.steps import Connection
from machtigen.deps import Clock
from machtigen.settings import Settings

TIMEOUT_S = 10.0
MACHTIGEN_OIN = Settings.model_fields["oin"].default
Actions = Annotated[list[str], typer.Option(help="What a representative may do; repeatable.")]
Grounds = Annotated[list[str], typer.Option(help="On which grounds one may act for another; repeatable.")]
Address = Annotated[str | None, typer.Option(help="Where this is, unless --endpoints says so.")]
Key = Annotated[
    Path, typer.Option("--sleutel", envvar="MACHTIGEN_BEHEER_JWK", help="The operator's key file.")
]
Klok = Annotated[str | None, typer.Option(envvar="KLOK", help="As the servers' KLOK, where they have one.")]


def aansluiten(
    folder: Annotated[
        Path,
        typer.Argument(metavar="MAP", help="The folder for keys and example; new, or of an earlier run."),
    ],
    naam: Annotated[str, typer.Option(help="The service, as people find it.")],
    organisatie: Annotated[str, typer.Option(help="Who offers it, as people know it.")],
    oin: Annotated[str, typer.Option(help="OIN of the organisation: 20 digits.")],
    onderactor: Annotated[str, typer.Option(help="The part of the organisation that keeps the records.")],
    doel: Annotated[str, typer.Option(help="Id of the purpose, such as bijzondere-bijstand.")],
    doel_naam: Annotated[str, typer.Option(help="The purpose in a few words.")],
    uitleg: Annotated[str, typer.Option(help="The purpose in a sentence that people understand.")],
    wettelijke_grondslag: Annotated[str, typer.Option(help="The article of law.")],
    goedgekeurd_door: Annotated[list[str], typer.Option(help="Who approved the purpose; twice.")],
    redirect_uri: Annotated[list[str], typer.Option(help="Where people come back to; repeatable.")],
    sleutel: Key,
    handeling: Actions = ["informatie_opvragen"],  # noqa: B006 - Typer copies it
    grond: Grounds = ["machtiging"],  # noqa: B006 - Typer copies it
    niveau: Annotated[str, typer.Option(help="Lowest level of assurance.")] = "substantieel",
    avg_grondslag: Annotated[str, typer.Option(help="Lawful basis, AVG article 6.")] = "avg-6-1-e",
    categorie: Annotated[list[str], typer.Option(help="Kind of data; repeatable.")] = [],  # noqa: B006
    bewaartermijn: Annotated[str, typer.Option(help="How long records are kept.")] = "P7Y",
    upl_naam: Annotated[str, typer.Option(help="Name in the Uniforme Productnamenlijst.")] = "",
    client_id: Annotated[str | None, typer.Option(help="The sub-actor by default.")] = None,
    dienst: Annotated[str | None, typer.Option(help="urn:uuid of the service; a new one by default.")] = None,
    audience: Annotated[str | None, typer.Option(help="URI of your API; the id by default.")] = None,
    endpoints: Annotated[str | None, typer.Option(help="Server that has /endpoints.json.")] = None,
    machtigen_url: Address = None,
    keys_url: Address = None,
    t1_url: Address = None,
    t2_url: Address = None,
    machtigen_oin: Annotated[str, typer.Option(help="OIN of machtigen itself.")] = MACHTIGEN_OIN,
    actorsleutel: Annotated[Path | None, typer.Option(help="Key file of an actor that exists.")] = None,
    klok: Klok = None,
) -> None:
    """Connect your own service, in one command that may be repeated."""
    _run(locals())  # by name: these are the members of Plan


def _run(chosen: Mapping[str, Any]) -> None:
    try:
        now = Clock(chosen["klok"]).now
        with httpx2.Client(timeout=TIMEOUT_S) as http:
            connect(chosen, http, now, typer.echo)
    except (WrongInput, InvalidKlok) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except StepFailed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def connect(
    chosen: Mapping[str, Any],
    http: httpx2.Client,
    clock: Callable[[], datetime],
    report: Callable[[str], None],
) -> Plan:
    """Carry the command out with these options. Raises WrongInput, StepFailed."""
    operator = load_key("--sleutel", chosen["sleutel"])
    actor_key = load_key("--actorsleutel", chosen["actorsleutel"]) if chosen["actorsleutel"] else None
    given = {name: chosen[f"{name}_url"] for name in NAMES if chosen[f"{name}_url"]}
    addresses = find_addresses(http, chosen["endpoints"], given)
    wanted = check_plan(read_plan(chosen, addresses, clock()))
    folder = Folder(chosen["folder"])
    try:
        plan = folder.adopt(wanted, keep=left_open(chosen))
        connection = Connection(plan, folder, operator, http, clock, actor_key)
    except OSError as error:
        raise WrongInput(f"The folder {folder.path} cannot be used ({error.strerror or error}).") from error
    except UnusableKey as error:
        raise WrongInput(f"{error}; choose another folder.") from error
    connection.run(report)
    report(f"\nConnected. Try it: python {folder.path / 'voorbeeld.py'}")
    report("Keep the keys in this folder secret; whoever has domein.json opens your pseudonyms.")
    return plan


def left_open(chosen: Mapping[str, Any]) -> tuple[str, ...]:
    """What the operator did not choose and an earlier run made up."""
    if chosen["dienst"]:
        return ()
    return ("dienst",) if chosen["audience"] else ("dienst", "audience")


def read_plan(chosen: Mapping[str, Any], addresses: Mapping[str, str], now: datetime) -> Plan:
    """The plan that the options describe, not yet checked."""
    same = {
        name: chosen[name]
        for name in (
            "naam", "organisatie", "oin", "onderactor", "doel", "doel_naam", "uitleg", "wettelijke_grondslag",
            "niveau", "avg_grondslag", "bewaartermijn", "upl_naam", "machtigen_oin",
        )
    }  # fmt: skip
    dienst = chosen["dienst"] or f"urn:uuid:{uuid.uuid4()}"
    return Plan(
        **same,
        **addresses,
        goedgekeurd_door=tuple(chosen["goedgekeurd_door"]),
        redirect_uris=tuple(chosen["redirect_uri"]),
        handelingen=tuple(sorted(set(chosen["handeling"]))),
        gronden=tuple(sorted(set(chosen["grond"]))),
        categorieen=tuple(chosen["categorie"]),
        client_id=chosen["client_id"] or chosen["onderactor"],
        dienst=dienst,
        audience=chosen["audience"] or dienst,
        sinds=now.replace(microsecond=0),
    )


def load_key(option: str, path: Path) -> SigningKey:
    """The key in a file that an option names. Raises WrongInput with one sentence."""
    try:
        return SigningKey.load(path)
    except (OSError, UnusableKey) as error:
        raise WrongInput(f"{option}: {path} is no usable key file.") from error
