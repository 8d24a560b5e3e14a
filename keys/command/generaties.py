"""The operator's verbs of a refresh, over the registry's API: begin, put into use, give up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import httpx2
import typer
from pydantic import ValidationError

from keys.client import KeysBeheer, PeerUnavailable, RegistryRefused
from keys.command.beheer import Key, Url, run_as_operator
from keys.command.opslag import read_parties, refuse
from keys.deps import Clock
from keys.kernel.jws import InvalidJws, SigningKey
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.jws.signature import unverified_claims
from keys.pseudonyms.keystore import KeystoreRefused
from keys.pseudonyms.messages import check_pile, read_pile
from keys.pseudonyms.opening import read_opening
from keys.wire.generaties import NaamView, VerversingView
from keys.wire.transcrypties import ToezeggingView
from keys.wire.verklaringen import PARTIES

TIMEOUT_S = 60
Number = Annotated[int, typer.Argument(min=2, max=9999)]


def begin(
    nummer: Number,
    keys_url: Url,
    sleutel: Key,
    partij: Annotated[list[str], typer.Option(help="NAME=ADDRESS, once for each party.")],
) -> None:
    """Begin to replace all shares; prints what every party needs. From now on nothing new is registered."""
    addresses = dict(one.partition("=")[::2] for one in partij)
    try:
        with httpx2.Client(timeout=TIMEOUT_S) as http:
            beheer = KeysBeheer(keys_url, SigningKey.load(sleutel), http, Clock(None).now)
            beheer.begin_generation(nummer)
            view = beheer.find_generation(nummer)
            names = [_completed(naam, view.vorige, addresses, http) for naam in view.namen]
    except RegistryRefused as refusal:
        refuse(KeystoreRefused(f"refused: {refusal.code}"))
    except (PeerUnavailable, httpx2.HTTPError):
        refuse(KeystoreRefused("the registry, or a party, does not answer; do the same again later"))
    except (KeystoreRefused, ValidationError) as error:
        refuse(error)
    except (OSError, UnusableKey) as error:
        typer.echo(f"{sleutel} is no usable key file", err=True)
        raise typer.Exit(2) from error
    typer.echo(view.model_copy(update={"namen": names}).model_dump_json())


def enter(
    opening: Annotated[Path, typer.Argument(metavar="OPENING")],
    berichten: Annotated[list[Path], typer.Argument(metavar="BERICHTEN...")],
    partijen: Annotated[Path, typer.Option(help="partijen.json: the public keys of all parties.")],
    keys_url: Url,
    sleutel: Key,
) -> None:
    """Have the new shares go into use: all that parties stated is checked here, and by the registry."""
    try:
        parties = read_parties(partijen)
        begun = read_opening(opening, parties)
        names = check_pile(read_pile(berichten, begun, parties), begun, parties)
    except KeystoreRefused as error:
        refuse(error)

    def act(beheer: KeysBeheer) -> VerversingView:
        now = beheer.find_generation(begun.after)
        if now.stand == "begonnen":
            known = {naam.context for naam in begun.names}
            if {naam.context for naam in now.namen} != known:
                refuse(KeystoreRefused("the registry has other names than this refresh began with"))
            beheer.record_carried(begun.after, names)
        beheer.end_preparation(begun.after, use=True)
        return VerversingView(nummer=begun.after, vorige=begun.before, stand="ingegaan", namen=[])

    run_as_operator(keys_url, sleutel, act)


def give_up(nummer: Number, keys_url: Url, sleutel: Key) -> None:
    """Give up a refresh that is not in use yet. Each party then does `verversing afronden`."""
    run_as_operator(keys_url, sleutel, lambda beheer: beheer.end_preparation(nummer, use=False))


def find_generation(keys_url: str, nummer: int) -> VerversingView:
    """What the registry publishes of a generation. Raises KeystoreRefused with one sentence."""
    try:
        with httpx2.Client(timeout=TIMEOUT_S) as http:
            answer = http.get(f"{keys_url.rstrip('/')}/v1/generaties/{nummer}")
        if answer.status_code == 404:
            raise KeystoreRefused(f"the registry knows no generation {nummer}")
        return VerversingView.model_validate_json(answer.content)
    except (httpx2.HTTPError, ValidationError) as error:
        raise KeystoreRefused("the registry does not answer") from error


def _completed(naam: NaamView, generation: int, addresses: dict[str, str], http: httpx2.Client) -> NaamView:
    """A name with every party's commitments: those that nobody had recorded yet are asked for."""
    try:
        known = {str(unverified_claims(token).get("iss")) for token in naam.toezeggingen_voor}
    except InvalidJws as error:
        raise KeystoreRefused(f"what is recorded of {naam.domein} does not hold") from error
    tokens = list(naam.toezeggingen_voor)
    for party in PARTIES:
        if party in known:
            continue
        if party not in addresses:
            raise KeystoreRefused(f"name the address of {party}: --partij {party}=…")
        query = {"domein": naam.domein, "epoch": str(naam.epoch), "generatie": str(generation)}
        answer = http.get(f"{addresses[party].rstrip('/')}/v1/toezeggingen", params=query)
        if not answer.is_success:
            raise KeystoreRefused(f"{party} does not state its commitments for {naam.domein}")
        tokens.append(ToezeggingView.model_validate_json(answer.content).verklaring)
    return naam.model_copy(update={"toezeggingen_voor": tokens})
