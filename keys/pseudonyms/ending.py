"""The end of a refresh at one party: the shares that are not used any more go, and do not come back."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from keys.kernel.jws import Jwks
from keys.kernel.jws.keyfile import erase_traces
from keys.pseudonyms.carrying import carried_name
from keys.pseudonyms.filestore import file_name
from keys.pseudonyms.fingerprints import record_name
from keys.pseudonyms.generations import check_taken_over
from keys.pseudonyms.keystore import CARRIER, KeystoreRefused
from keys.pseudonyms.messages import CORRECTOR
from keys.pseudonyms.places import Place
from keys.pseudonyms.refresh import work_name
from keys.pseudonyms.shares import shares_of
from keys.pseudonyms.standing import read_standing, write_standing
from keys.pseudonyms.tokenstore import destroy
from keys.wire.generaties import VerversingView


def finish(place: Place, view: VerversingView, parties: Mapping[str, Jwks]) -> int:
    """Erase what the registry says has gone: the generation that this one replaced, or this one when it was
    given up. Gives its number. May be repeated. Raises KeystoreRefused, and then nothing was erased.

    What stays was found to hold first: every name, all parties' commitments, the proofs, our own shares.
    """
    standing = read_standing(place.folder, place.party)
    if view.stand == "begonnen":
        raise KeystoreRefused(f"the registry does not say that generation {view.nummer} is in use")
    gone = view.nummer if view.stand == "afgebroken" else view.vorige
    if view.stand == "ingegaan" and gone not in standing.erased:
        if view.nummer not in standing.ready:
            raise KeystoreRefused(f"{place.party} is not ready for generation {view.nummer}")
        with contextlib.closing(place.open(view.nummer)) as store:
            check_taken_over(view, parties, store)
    write_standing(place.folder, place.party, standing.with_erased(gone))
    if place.token is not None:
        destroy(place.token, place.party, gone)
    leftovers = [f"deel-{share}{end}.json" for share in shares_of(place.party) for end in _ends(gone)]
    for name in (file_name(gone), carried_name(gone), work_name(view.nummer), *leftovers, record_name(gone)):
        _erase(place.folder / name)
    return gone


def next_step(place: Place, after: int, stand: str | None) -> str:
    """What this party's operator does next for a refresh to generation `after`; `stand`: the registry's word
    on it, where it is known."""
    standing, folder = read_standing(place.folder, place.party), place.folder
    if after in standing.erased:
        return "nothing: it was given up and erased here"
    if after in standing.ready and len(standing.ready) == 1:
        return "nothing: only this generation is held"
    if stand in ("ingegaan", "afgebroken"):
        return "verversing afronden"
    if not (folder / record_name(after)).exists():
        return f"ceremony … --generatie {after}"
    if after in standing.ready:
        return "verversing toezeg; then the operator: verversing ingaan"
    if place.party == CORRECTOR:
        return "verversing correctie"
    return "verversing overneem" if (folder / work_name(after)).exists() else "verversing vraag"


def describe(place: Place) -> list[str]:
    """A line for each generation that this folder knows."""
    standing = read_standing(place.folder, place.party)
    known = {int(path.stem.rpartition("-")[2]) for path in place.folder.glob("vingerafdrukken-*.json")}
    lines = []
    for generation in sorted(known | standing.ready | standing.erased):
        if generation in standing.erased:
            word = "erased"
        elif generation in standing.ready:
            word = "ready: served when the registry says that it is in use"
        else:
            carries = CARRIER in shares_of(place.party)
            word = "its shares are here, nothing was taken over" if carries else "its shares are here"
        lines.append(f"generation {generation}: {word}")
    return lines


def _ends(generation: int) -> tuple[str, str]:
    end = "" if generation == 1 else f"-g{generation}"
    return end, f"{end}.bezig"


def _erase(path: Path) -> None:
    try:
        erase_traces(path)
    except OSError as error:
        raise KeystoreRefused(f"{path} cannot be taken away ({error.strerror})") from error
