"""How a check can end without a result: refused, or not checked. They are never the same thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class InvalidEvidence(Exception):
    """Refused: the token does not prove what it must. Trying again with the same token is no use.

    `code` is an English slug for your own log. Tell whoever sent the token nothing but `str(error)`,
    which is the same sentence for every code (answer 401 `invalid_token`, RFC 6750 section 3.1).
    """

    title = "Dit bewijs wordt niet aanvaard."

    def __init__(self, code: str) -> None:
        super().__init__(self.title)
        self.code = code


class CouldNotCheck(Exception):
    """Not refused and not accepted: the issuer, its keys or its status list did not answer.

    The caller must not go on as if the token were good. Answer 503 and let the sender try again.
    `code` says which part was missing: `issuer-unreachable`, `keys-unreachable`,
    `status-list-unreachable`.
    """

    title = "Het bewijs kan nu niet worden nagekeken. Probeer het straks opnieuw."

    def __init__(self, code: str) -> None:
        super().__init__(self.title)
        self.code = code


class AlteredExport(Exception):
    """A history that was taken away is not what was signed. Its text says what is wrong, in one sentence.

    `code` is an English slug; `waar` the machtiging or the part, `regel` the line (1 is the first), where
    there is one. `title` is the same sentence in Dutch.
    """

    SENTENCES: ClassVar[Mapping[str, tuple[str, str]]] = {
        "malformed": ("This is not an export of machtigen.", "Dit is geen uitvoer van machtigen."),
        "signature": (
            "The signature does not hold under these keys.",
            "De handtekening klopt niet met deze sleutels.",
        ),
        "other-issuer": ("Another issuer signed this.", "Dit is door een ander ondertekend."),
        "chain-missing": (
            "The history of machtiging {waar} is missing.",
            "De geschiedenis van machtiging {waar} ontbreekt.",
        ),
        "chain-added": (
            "The history of machtiging {waar} was added.",
            "De geschiedenis van machtiging {waar} is toegevoegd.",
        ),
        "line-changed": (
            "Line {regel} of machtiging {waar} was changed.",
            "Regel {regel} van machtiging {waar} is veranderd.",
        ),
        "line-missing": (
            "Line {regel} of machtiging {waar} is missing.",
            "Regel {regel} van machtiging {waar} ontbreekt.",
        ),
        "line-added": (
            "Line {regel} of machtiging {waar} was added.",
            "Regel {regel} van machtiging {waar} is toegevoegd.",
        ),
        "line-moved": (
            "Line {regel} of machtiging {waar} stood in another place.",
            "Regel {regel} van machtiging {waar} stond op een andere plaats.",
        ),
        "line-loose": (
            "Line {regel} of machtiging {waar} does not follow the line before it.",
            "Regel {regel} van machtiging {waar} sluit niet aan op de regel ervoor.",
        ),
        "part-changed": ("The part {waar} was changed.", "Het onderdeel {waar} is veranderd."),
    }

    def __init__(self, code: str, waar: str = "", regel: int | None = None) -> None:
        english, dutch = self.SENTENCES[code]
        super().__init__(english.format(waar=waar, regel=regel))
        self.title = dutch.format(waar=waar, regel=regel)
        self.code = code
        self.waar = waar
        self.regel = regel
