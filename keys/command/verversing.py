"""Replacing all shares by fresh ones while everything serves: what each party does, and anybody checks.

The shares of the new generation come from a ceremony with `--generatie 2`. Then, on each machine in its turn:

beheer$ python -m keys verversing begin 2 --keys-url … --sleutel … --partij t1=… --partij … > opening.json
t2,t3$  python -m keys verversing vraag     t2 opening.json --map … > berichten/t2-vraag
t1$     python -m keys verversing correctie t1 opening.json berichten/* --map … > berichten/t1-correctie
t2,t3$  python -m keys verversing overneem  t2 opening.json berichten/* --map …
all$    python -m keys verversing toezeg    t1 opening.json berichten/* --map … > berichten/t1-toezegging
any$    python -m keys verversing verify    opening.json berichten/* --partijen partijen.json
beheer$ python -m keys verversing ingaan    opening.json berichten/* --partijen … --keys-url … --sleutel …
all$    python -m keys verversing afronden  t1 2 --keys-url … --map …

Each may be killed at any point and is then done again. `stand` says what a party holds and what comes next.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from keys.command.generaties import begin, enter, find_generation, give_up
from keys.command.opslag import Folder, KeyFile, Label, Module, Passphrase, Pin, read_parties
from keys.deps import Clock
from keys.errors import KeyStoreUnavailable
from keys.kernel.jws import SigningKey
from keys.kernel.jws.keyset import UnusableKey
from keys.preparation import PARTIES_FILE, SIGNING_KEY
from keys.pseudonyms.ending import describe, finish, next_step
from keys.pseudonyms.keystore import KeystoreRefused
from keys.pseudonyms.messages import Pile, check_pile, read_pile
from keys.pseudonyms.opening import read_opening
from keys.pseudonyms.places import Place, lock_of, token_of
from keys.pseudonyms.refresh import Refresh
from keys.pseudonyms.shares import PARTIES

verversing = typer.Typer(no_args_is_help=True, help="Replace all secret shares, while everything serves.")
verversing.command("begin")(begin)
verversing.command("ingaan")(enter)
verversing.command("afbreken")(give_up)

OpeningFile = Annotated[Path, typer.Argument(metavar="OPENING", help="What `verversing begin` printed.")]
Messages = Annotated[list[Path] | None, typer.Argument(metavar="BERICHTEN...", help="Messages, all so far.")]
Url = Annotated[str, typer.Option("--keys-url", envvar="KEYS_URL", help="Base address of the registry.")]
Number = Annotated[int, typer.Argument(min=2, max=9999)]
REFUSALS = (KeystoreRefused, KeyStoreUnavailable)


@verversing.command("vraag")
def ask(
    partij: str,
    opening: OpeningFile,
    folder: Folder,
    wachtwoord: Passphrase = None,
    sleutel: KeyFile = None,
    hsm_module: Module = None,
    hsm_token: Label = None,
    hsm_pin_file: Pin = None,
) -> None:
    """As t2 or t3: prints the request to t1."""
    place = _place(folder, partij, wachtwoord, sleutel, hsm_module, hsm_token, hsm_pin_file)
    _act(place, opening, None, lambda refresh, _: [refresh.ask()])


@verversing.command("correctie")
def correct(
    partij: str,
    opening: OpeningFile,
    folder: Folder,
    berichten: Messages = None,
    wachtwoord: Passphrase = None,
    sleutel: KeyFile = None,
    hsm_module: Module = None,
    hsm_token: Label = None,
    hsm_pin_file: Pin = None,
) -> None:
    """As t1: prints the corrections for t2 and t3, each sealed to its receiver."""
    place = _place(folder, partij, wachtwoord, sleutel, hsm_module, hsm_token, hsm_pin_file)
    _act(place, opening, berichten, lambda refresh, pile: refresh.correct(pile))


@verversing.command("overneem")
def take_over(
    partij: str,
    opening: OpeningFile,
    folder: Folder,
    berichten: Messages = None,
    wachtwoord: Passphrase = None,
    sleutel: KeyFile = None,
    hsm_module: Module = None,
    hsm_token: Label = None,
    hsm_pin_file: Pin = None,
) -> None:
    """As t2 or t3: check every correction, and keep what the third share becomes."""
    place = _place(folder, partij, wachtwoord, sleutel, hsm_module, hsm_token, hsm_pin_file)

    def act(refresh: Refresh, pile: Pile) -> list[str]:
        refresh.take_over(pile)
        return []

    _act(place, opening, berichten, act)
    typer.echo(f"{partij} took over; `verversing toezeg` comes next", err=True)


@verversing.command("toezeg")
def state(
    partij: str,
    opening: OpeningFile,
    folder: Folder,
    berichten: Messages = None,
    wachtwoord: Passphrase = None,
    sleutel: KeyFile = None,
    hsm_module: Module = None,
    hsm_token: Label = None,
    hsm_pin_file: Pin = None,
) -> None:
    """Prints this party's commitments in the new generation; of t2 also the proofs."""
    place = _place(folder, partij, wachtwoord, sleutel, hsm_module, hsm_token, hsm_pin_file)
    _act(place, opening, berichten, lambda refresh, pile: refresh.state(pile, Clock(None).now()))


@verversing.command("verify")
def check(
    opening: OpeningFile,
    berichten: Messages,
    partijen: Annotated[Path, typer.Option(help="partijen.json: the public keys of all parties.")],
) -> None:
    """Check the whole transcript of a refresh, as anybody can."""
    try:
        parties = read_parties(partijen)
        begun = read_opening(opening, parties)
        names = check_pile(read_pile(berichten or [], begun, parties), begun, parties)
    except KeystoreRefused as error:
        _refuse(error)
    typer.echo(f"{len(names)} names: generation {begun.after} gives what generation {begun.before} gave")


@verversing.command("afronden")
def end(
    partij: str,
    nummer: Number,
    keys_url: Url,
    folder: Folder,
    wachtwoord: Passphrase = None,
    sleutel: KeyFile = None,
    hsm_module: Module = None,
    hsm_token: Label = None,
    hsm_pin_file: Pin = None,
) -> None:
    """Erase the generation that this one replaced, once it is in use; or this one, when it was given up."""
    place = _place(folder, partij, wachtwoord, sleutel, hsm_module, hsm_token, hsm_pin_file)
    try:
        gone = finish(place, find_generation(keys_url, nummer), read_parties(folder / PARTIES_FILE))
    except REFUSALS as error:
        _refuse(error)
    typer.echo(f"generation {gone} of {partij} is erased; destroy every back-up that holds it")


@verversing.command("stand")
def stand(
    partij: str,
    folder: Folder,
    nummer: Annotated[int | None, typer.Argument(min=2, max=9999, help="The refresh to look at.")] = None,
    keys_url: Annotated[str | None, typer.Option("--keys-url", help="To ask the registry too.")] = None,
) -> None:
    """What this party holds, and what its operator does next."""
    try:
        place = _place(folder, partij, None, None, None, None, None)
        for line in describe(place):
            typer.echo(line)
        if nummer is not None:
            found = None if keys_url is None else find_generation(keys_url, nummer).stand
            typer.echo(f"next for generation {nummer}: {next_step(place, nummer, found)}")
    except KeystoreRefused as error:
        _refuse(error)


def _place(
    folder: Path,
    partij: str,
    wachtwoord: Path | None,
    sleutel: Path | None,
    hsm_module: Path | None,
    hsm_token: str | None,
    hsm_pin_file: Path | None,
) -> Place:
    try:
        if partij not in PARTIES:
            raise KeystoreRefused(f"{partij} is no party")
        lock, token = lock_of(wachtwoord, sleutel), token_of(hsm_module, hsm_token, hsm_pin_file)
        if lock is not None and token is not None:
            raise KeystoreRefused("name a passphrase or key file, or a token, not both")
    except KeystoreRefused as error:
        _refuse(error)
    return Place(folder, partij, lock, token, allow_throwaway=True)


def _act(
    place: Place,
    opening: Path,
    messages: list[Path] | None,
    act: Callable[[Refresh, Pile], list[str]],
) -> None:
    """Do one step and print what is to be sent; a refusal is a sentence and an exit with 1."""
    try:
        parties = read_parties(place.folder / PARTIES_FILE)
        begun = read_opening(opening, parties)
        key = SigningKey.load(place.folder / SIGNING_KEY)
        pile = read_pile(messages or [], begun, parties)
        said = act(Refresh(place, key, begun), pile)
    except REFUSALS as error:
        _refuse(error)
    except (OSError, UnusableKey) as error:
        typer.echo(f"{place.folder / SIGNING_KEY} is no usable key file, or cannot be read", err=True)
        raise typer.Exit(2) from error
    for message in said:
        typer.echo(message)


def _refuse(error: Exception) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(1) from error
