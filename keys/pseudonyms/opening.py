"""What a refresh begins with: the two generations, and every name with what was recorded of it.

The registry publishes it (`GET /keys/v1/generaties/<n>`), `verversing begin` completes it with commitments
that nobody had asked for yet. It is not believed: keys carry two parties' signatures, commitments all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from keys.kernel.jws import Jwks
from keys.kernel.pep.errors import PepError
from keys.pseudonyms.keystore import KeystoreRefused
from keys.wire.generaties import Naam, VerversingView, digest_of_names, read_naam
from keys.wire.verklaringen import InvalidStatement

LIMIT = 1 << 28


@dataclass(frozen=True)
class Opening:
    """A refresh: from generation `before` to `after`, for these names. `digest` is what messages name."""

    before: int
    after: int
    names: tuple[Naam, ...]
    view: VerversingView

    @property
    def pair(self) -> tuple[int, int]:
        """Both generations."""
        return self.before, self.after

    @property
    def digest(self) -> str:
        """SHA-256 over generations and names, base64url."""
        return digest_of_names(self.names, self.pair)

    def head(self) -> dict[str, object]:
        """What every message of this refresh says it is about."""
        return {"vorige": self.before, "generatie": self.after, "namen": self.digest}


def read_opening(path: Path, parties: Mapping[str, Jwks]) -> Opening:
    """From the file that `verversing begin` made. Raises KeystoreRefused with one sentence."""
    try:
        view = VerversingView.model_validate_json(path.read_bytes()[:LIMIT])
    except (OSError, ValidationError) as error:
        raise KeystoreRefused(f"{path} does not hold the beginning of a refresh") from error
    return check_opening(view, parties)


def check_opening(view: VerversingView, parties: Mapping[str, Jwks]) -> Opening:
    """The names, each with two parties' word for its key and all parties' commitments.

    Raises KeystoreRefused with one sentence.
    """
    names = []
    for one in view.namen:
        try:
            names.append(read_naam(one.context, one.bewijzen, one.toezeggingen_voor, parties, view.vorige))
        except (InvalidStatement, PepError) as error:
            raise KeystoreRefused(
                f"what is recorded of {one.domein} epoch {one.epoch} does not hold ({error.code})"
            ) from error
    if len({naam.context for naam in names}) != len(names):
        raise KeystoreRefused("a name stands twice in the beginning of this refresh")
    return Opening(view.vorige, view.nummer, tuple(names), view)
