"""What the catalogue refuses, each with a stable code."""

from __future__ import annotations

from machtigen.errors import MachtigenError


class InvalidRegistration(MachtigenError):
    """A service or client that cannot be registered like this."""

    code = "invalid-registration"
    title = "Deze inschrijving kan zo niet."


class RegistrationDiffers(MachtigenError):
    """The id is registered already, with other content."""

    code = "registration-differs"
    title = "Onder deze naam staat al iets anders ingeschreven."
