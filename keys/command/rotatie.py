"""Verbs with which an actor gets a newer key for its domain (see the README, "Rotation").

python -m keys rotatie epoch /etc/machtigen/domein-machtigen.json --sleutel /etc/machtigen/ondertekening.jwk \
    --keys-url https://…/keys --partij t1=https://…/keys/t1 --partij t2=https://…/keys/t2
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import httpx2
import typer

from keys.client import KeysClient, PeerUnavailable, TranslationRefused, rotate
from keys.command.beheer import Key, Url, run_as_operator
from keys.deps import Clock
from keys.kernel.jws import SigningKey
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.pep import Domain, KeyRing, PepError
from keys.wire.verklaringen import PARTIES

rotatie = typer.Typer(no_args_is_help=True, help="Newer keys and domain versions, while everything serves.")
TIMEOUT_S = 30


@rotatie.command("epoch")
def epoch(
    bestand: Annotated[Path, typer.Argument(help="The first key file; later ones are named after it.")],
    sleutel: Annotated[Path, typer.Option(help="The actor's signing key (JWK).")],
    keys_url: Annotated[str, typer.Option(envvar="KEYS_URL", help="Base address of the registry.")],
    partij: Annotated[list[str], typer.Option(help="NAME=ADDRESS, once for each party.")],
    domein: Annotated[str | None, typer.Option(help="Where no key file is there any more.")] = None,
    nummer: Annotated[int | None, typer.Option("--epoch", help="By default the next one.")] = None,
    klaarzetten: Annotated[
        bool, typer.Option("--klaarzetten", help="Write the key file, publish nothing yet.")
    ] = False,
) -> None:
    """Obtain the key of the next epoch, beside the old one, and publish it. Killed? Repeat it.

    An actor with several folders (a register and its portal) runs it with --klaarzetten in each, and then
    once without, in one of them.
    """
    ring = KeyRing(bestand)
    try:
        domain = _domain(ring, domein)
        with httpx2.Client(timeout=TIMEOUT_S) as http:
            client = KeysClient(
                actor=domain.actor,
                signing_key=SigningKey.load(sleutel),
                keys_url=keys_url,
                party_urls=_addresses(partij),
                http=http,
                clock=Clock(None).now,
            )
            done = rotate(ring, client, domain, nummer, publish=not klaarzetten)
    except (TranslationRefused, PepError) as error:
        typer.echo(f"refused: {error.code}", err=True)
        raise typer.Exit(1) from error
    except PeerUnavailable as error:
        typer.echo("the registry or two parties do not answer; try again, nothing was lost", err=True)
        raise typer.Exit(1) from error
    except (OSError, UnusableKey) as error:
        typer.echo(f"{sleutel} is no usable key file, or {bestand.parent} cannot be written to", err=True)
        raise typer.Exit(2) from error
    typer.echo(
        f"{domain} epoch {done.epoch}: "
        f"{'key written' if done.is_new else 'key was there'}, "
        f"{'published' if done.is_published else 'not published now'}"
    )


@rotatie.command("intrekken")
def revoke(domein: str, epoch: int, keys_url: Url, sleutel: Key) -> None:
    """As the operator: revoke an epoch of a domain at once. Its actor then goes to a newer one."""
    run_as_operator(keys_url, sleutel, lambda beheer: beheer.revoke_epoch(Domain.parse(domein), epoch))


@rotatie.command("domein")
def renew(van: str, naar: str, geldig_van: datetime, keys_url: Url, sleutel: Key) -> None:
    """As the operator: register NAAR, the next version of VAN, and grant again what holds for VAN."""
    run_as_operator(
        keys_url,
        sleutel,
        lambda beheer: beheer.renew_domein(Domain.parse(van), Domain.parse(naar), geldig_van.astimezone()),
    )


def _domain(ring: KeyRing, given: str | None) -> Domain:
    """The newest domain of the folder, or the one that is named."""
    if given is not None:
        return Domain.parse(given)
    found = ring.domains()
    if not found:
        raise typer.BadParameter(f"there is no key beside {ring.first}; name the domain with --domein")
    return found[-1]


def _addresses(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if any(name not in PARTIES or not url for name, _, url in pairs) or len(pairs) < 2:
        raise typer.BadParameter("--partij NAME=ADDRESS, for at least two of t1, t2 and t3")
    return {name: url for name, _, url in pairs}
