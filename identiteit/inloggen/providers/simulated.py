"""The simulated login provider: one chooses who one is. For laptops and tests only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from identiteit.errors import LoginRefused
from identiteit.inloggen.model import Niveau
from identiteit.inloggen.providers import Bewezen

FindPerson = Callable[[str], str | None]


class RefusedInProduction(RuntimeError):
    """The simulated provider must not exist in production."""


class SimulatedProvider:
    """Believes the form. `find_person` gives the id of a person by demo id."""

    def __init__(self, find_person: FindPerson, *, production: bool) -> None:
        if production:
            raise RefusedInProduction("the simulated login provider is refused in productie")
        self._find_person = find_person

    def prove(self, form: Mapping[str, str]) -> Bewezen:
        """Fields `persoon` (demo id) and `niveau`. Raises LoginRefused."""
        try:
            niveau = Niveau(form.get("niveau", ""))
        except ValueError as error:
            raise LoginRefused from error
        named = form.get("persoon", "")
        persoon_id = self._find_person(named) if named.isprintable() else None
        if persoon_id is None:
            raise LoginRefused
        return Bewezen(persoon_id, niveau)
