"""Organisations: register them, let people in and out, and act for them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen import errors
from machtigen.diensten.errors import RegistrationDiffers
from machtigen.machtigingen import belangen
from machtigen.machtigingen.model import Besluit, Machtiging, Rol, Uitgegeven
from machtigen.machtigingen.service import Machtigingen, Perform
from machtigen.organisaties import rules, store
from machtigen.organisaties.leden import Leden
from machtigen.organisaties.model import Handelende, Lid, Lidrol, Organisatie
from machtigen.partijen.model import Optreden, PartijId, new_organisation_id

T = TypeVar("T")


class Organisaties(Leden):
    """The room's verbs. It tells `machtigingen` who belongs where."""

    def __init__(self, database: Database, machtigingen: Machtigingen, codes_key: bytes) -> None:
        super().__init__(database, machtigingen, codes_key)
        machtigingen.verbanden.belongs = self._belongs
        machtigingen.verbanden.directors = self._directors
        machtigingen.verbanden.acted = self._acted

    # -- what machtigingen asks ------------------------------------------------------------------

    @staticmethod
    def _belongs(session: Session, organisatie: PartijId, persoon: PartijId) -> bool:
        return bool(store.find_membership(session, organisatie, persoon, lock=True))

    @staticmethod
    def _directors(session: Session, organisatie: PartijId) -> tuple[int, tuple[PartijId, ...]]:
        known = store.find(session, organisatie)
        members = store.list_members(session, organisatie)
        directors = dict.fromkeys(one.partij for one in members if one.rol is Lidrol.BESTUURDER)
        return (known.vereist_aantal if known else 1), tuple(directors)

    @staticmethod
    def _acted(session: Session, machtiging: str) -> set[PartijId]:
        return {one.persoon for one in store.list_acts(session, machtiging)}

    # -- registering -----------------------------------------------------------------------------

    def register(
        self, wanted: Organisatie, now: datetime, perform: Perform | None = None
    ) -> tuple[Organisatie, bool]:
        """Register an organisation under its slug; its `id` is made here. (it, whether it is new)

        Raises InvalidRegistration; RegistrationDiffers when another stands under this slug.
        """
        rules.check_organisatie(wanted)

        def act(session: Session) -> tuple[Organisatie, bool]:
            known = store.find(session, wanted.slug)
            if known is None:
                made = _with_id(wanted, new_organisation_id())
                store.add(session, made, now)
                return made, True
            if _with_id(wanted, known.id) != known:
                raise RegistrationDiffers
            return known, False

        return (perform or self._database.write)(act)

    def addressee(self, name: str) -> PartijId:
        """The party of an organisation that is named in a request. Raises OrganisationUnknown."""
        found = self.find(name)
        if found is None:
            raise errors.OrganisationUnknown
        return found.id

    # -- looking ---------------------------------------------------------------------------------

    def professions_of(self, session: Session, partij: PartijId) -> dict[str, str]:
        """In which professional registers this person stands: profession → source."""
        return {one.beroep: one.bron for one in store.list_professions(session, partij)}

    def list_members(self, organisatie: PartijId) -> list[Lid]:
        """Who is there now."""
        return self._database.read(lambda session: store.list_members(session, organisatie))

    def memberships(self, partij: PartijId) -> list[tuple[Organisatie, Lid]]:
        """Where this person is now."""
        return self._database.read(lambda session: store.list_memberships(session, partij))

    def acts_on(self, machtiging: str) -> list[Handelende]:
        """Who acted on it for an organisation, oldest first."""
        return self._database.read(lambda session: store.list_acts(session, machtiging))

    def may_handle(self, behandelaar: PartijId, betrokkenen: Collection[PartijId], now: datetime) -> Besluit:
        """Whether this official may handle a case of these people: not their own, and not of somebody whom
        they, or an organisation where they are, represent or are represented by at `now`."""

        def act(session: Session) -> set[PartijId]:
            own = [behandelaar]
            own += [organisatie.id for organisatie, _ in store.list_memberships(session, behandelaar)]
            return {one for partij in own for one in self._machtigingen.tied_to(session, partij, now)}

        return belangen.may_handle(behandelaar, betrokkenen, self._database.read(act))

    # -- acting for one --------------------------------------------------------------------------

    def require_member(self, name: str, persoon: PartijId) -> Lid:
        """The strongest role of this person there. Raises NotFound for who has none."""

        def act(session: Session) -> Lid | None:
            organisatie = store.find(session, name)
            found = store.find_membership(session, organisatie.id, persoon) if organisatie else []
            return min(found, key=lambda one: list(Lidrol).index(one.rol), default=None)

        lid = self._database.read(act)
        if lid is None:
            raise errors.NotFound
        return lid

    def require_acting(self, name: str, persoon: PartijId) -> Lid:
        """The same, of who acts as the organisation: a director or an administrator. Raises NotFound."""
        lid = self.require_member(name, persoon)
        if not rules.may_act(lid):
            raise errors.NotFound
        return lid

    def noting(self, optreden: Optreden | None, now: datetime, perform: Perform | None = None) -> Perform:
        """`perform` (by default a transaction of its own), and in it the line that says who acted for an
        organisation."""
        plain = perform or self._database.write
        return plain if optreden is None else _Noting(plain, self._note(optreden, now))

    @staticmethod
    def _note(optreden: Optreden, now: datetime) -> Callable[[Session, object], None]:
        who = (optreden.organisatie, optreden.persoon, optreden.rol, optreden.functie)

        def note(session: Session, done: object) -> None:
            machtiging = done.machtiging if isinstance(done, Uitgegeven) else done
            if not isinstance(machtiging, Machtiging):
                return
            session.flush()
            zijde = machtiging.role_of(optreden.organisatie) or Rol.VERTEGENWOORDIGDE
            store.add_act(session, Handelende(machtiging.id, zijde.value, *who, now))
            if (
                isinstance(done, Uitgegeven) and machtiging.boven is not None
            ):  # passed on: its history says so
                above = Handelende(machtiging.boven, Rol.VERTEGENWOORDIGER.value, *who, now)
                store.add_act(session, above)

        return note


class _Noting:
    """Runs an act, and notes what came of it in the same transaction."""

    def __init__(self, perform: Perform, note: Callable[[Session, object], None]) -> None:
        self._perform = perform
        self._note = note

    def __call__(self, act: Callable[[Session], T], /) -> T:
        def noted(session: Session) -> T:
            done = act(session)
            self._note(session, done)
            return done

        return self._perform(noted)


def _with_id(organisatie: Organisatie, identifier: PartijId) -> Organisatie:
    return Organisatie(
        identifier,
        organisatie.slug,
        dict(organisatie.naam),
        organisatie.nummer,
        organisatie.bron,
        organisatie.vereist_aantal,
        organisatie.lease,
    )
