"""Why a service could not be connected; every text is one sentence for the operator."""

from __future__ import annotations


class WrongInput(Exception):
    """An option holds what cannot be. The text names the option."""


class Refused(Exception):
    """A peer refused, or something stands there already that is not ours. `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class StepFailed(Exception):
    """One step did not succeed; what was done before it stays, and the same command goes on from here."""
