"""The commands `python -m machtigen betwisting lijst` and `… oordeel`: contests, and their judgement."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import httpx2
import typer

from keys.kernel.caller import PeerUnavailable
from keys.kernel.starting.klok import InvalidKlok
from machtigen.aansluiting.command import TIMEOUT_S, load_key
from machtigen.aansluiting.errors import Refused, WrongInput
from machtigen.aansluiting.peers import Beheer, find_addresses
from machtigen.deps import Clock

betwisting = typer.Typer(no_args_is_help=True, help="Contests of machtigingen, and their judgement.")
REASONS = {
    "already-ended": "this machtiging has ended meanwhile",
    "caller-not-allowed": "the key is not that of an operator",
    "caller-rejected": "the operator's key is not the one that is registered there, the address is not the "
    "public one, or the clocks differ",
    "not-contested": "this machtiging is not contested, or was judged already",
    "not-found": "there is no machtiging with this id",
}
Key = Annotated[
    Path, typer.Option("--sleutel", envvar="MACHTIGEN_BEHEER_JWK", help="The operator's key file.")
]
Address = Annotated[str | None, typer.Option(help="Where machtigen is, unless --endpoints says so.")]
Endpoints = Annotated[str | None, typer.Option(help="Server that has /endpoints.json.")]
Klok = Annotated[str | None, typer.Option(envvar="KLOK", help="As the server's KLOK, where it has one.")]


class Besluit(StrEnum):
    """Besluit (judgement) of a contest."""

    BLIJFT = "blijft"
    VERVALT = "vervalt"


@betwisting.command("lijst")
def show(sleutel: Key, machtigen_url: Address = None, endpoints: Endpoints = None, klok: Klok = None) -> None:
    """Contests that wait for a judgement, oldest first: when, which, by whom, why."""

    def act(beheer: Beheer) -> None:
        after: str | None = None
        while True:
            query = urlencode({"na": after}) if after else ""
            _, page = beheer.call("GET", f"betwistingen?{query}")
            for one in page["resultaten"]:
                typer.echo("  ".join((one["op"], one["machtiging"], one["rol"], _one_line(one["reden"]))))
            after = page["volgende"]
            if after is None:
                return

    _run(act, sleutel, machtigen_url, endpoints, klok)


# An id may begin with a hyphen.
@betwisting.command("oordeel", context_settings={"ignore_unknown_options": True})
def judge(
    machtiging: Annotated[str, typer.Argument(help="Id of the machtiging, as `lijst` shows it.")],
    besluit: Annotated[Besluit, typer.Argument(help="It goes on as it was, or it ends.")],
    sleutel: Key,
    machtigen_url: Address = None,
    endpoints: Endpoints = None,
    klok: Klok = None,
) -> None:
    """Judge a contest. Both sides are told; `vervalt` cannot be undone."""

    def act(beheer: Beheer) -> None:
        path = f"machtigingen/{quote(machtiging, safe='')}/betwisting"
        _, done = beheer.call("POST", path, {"besluit": besluit.value})
        typer.echo(f"{done['machtiging']}: {done['status']}")

    _run(act, sleutel, machtigen_url, endpoints, klok)


def _one_line(text: Any) -> str:
    """A person's own words on one line, without signs that steer a terminal."""
    return "" if text is None else "".join(sign if sign.isprintable() else " " for sign in str(text))


def _run(
    act: Callable[[Beheer], None], sleutel: Path, url: str | None, endpoints: str | None, klok: str | None
) -> None:
    try:
        clock = Clock(klok).now
        with httpx2.Client(timeout=TIMEOUT_S) as http:
            given = {"machtigen": url} if url else {}
            address = find_addresses(http, endpoints, given, ("machtigen",))["machtigen"]
            act(Beheer(address, load_key("--sleutel", sleutel), http, clock))
    except (WrongInput, InvalidKlok) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except Refused as error:
        reason = REASONS.get(error.code, f"refused with code {error.code}")
        typer.echo(f"This was not done: {reason}.", err=True)
        raise typer.Exit(1) from error
    except PeerUnavailable as error:
        typer.echo("machtigen does not answer.", err=True)
        raise typer.Exit(1) from error
