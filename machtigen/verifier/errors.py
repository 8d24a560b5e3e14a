"""The two ways in which a check can end without a result. They are never the same thing."""

from __future__ import annotations


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
