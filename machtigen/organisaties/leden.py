"""Members of organisations: how people come in, by a code at their own login, and go out, at once."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen import errors
from machtigen.base import Perform
from machtigen.diensten.model import Grond, Niveau
from machtigen.machtigingen import codes
from machtigen.machtigingen.service import Machtigingen
from machtigen.machtigingen.wettelijk import Spiegeling
from machtigen.organisaties import rules, store
from machtigen.organisaties.model import (
    Beroepsregistratie,
    Lid,
    Lidrol,
    Organisatie,
    Toegetreden,
    Uitgenodigd,
    Uitnodiging,
)
from machtigen.partijen.model import PartijId

LEFT = "left-organisation"
STRUCK_OFF = "profession-ended"


class Leden:
    """Leden (members): letting people in and out. `codes_key`: 32 bytes."""

    def __init__(self, database: Database, machtigingen: Machtigingen, codes_key: bytes) -> None:
        self._database = database
        self._machtigingen = machtigingen
        self._codes_key = codes_key

    def find(self, name: str) -> Organisatie | None:
        """The organisation with this id or slug."""
        return self._database.read(lambda session: store.find(session, name))

    def require(self, name: str) -> Organisatie:
        """The same. Raises NotFound."""
        found = self.find(name)
        if found is None:
            raise errors.NotFound
        return found

    # -- coming in -------------------------------------------------------------------------------

    def invite_by_source(
        self, name: str, rol: Lidrol, functie: str | None, now: datetime, perform: Perform | None = None
    ) -> Uitgenodigd:
        """The source says that there is a director: a code for them. Raises NotFound, WrongRole."""
        organisatie = self.require(name)
        if rol not in rules.BY_SOURCE:
            raise errors.WrongRole
        return self._invite(organisatie, rol, functie, Niveau.HOOG, organisatie.bron, now, perform=perform)

    def invite(
        self,
        door: Lid,
        rol: Lidrol,
        functie: str | None,
        niveau: Niveau,
        login: Niveau,
        now: datetime,
        perform: Perform | None = None,
    ) -> Uitgenodigd:
        """A member lets somebody in, up to their own level. Raises WrongRole, LevelTooLow."""
        checked = rules.check_invites(door, rol, niveau, login)
        organisatie = self.require(door.organisatie)
        return self._invite(organisatie, rol, functie, checked, door.rol.value, now, perform=perform)

    def invite_professional(
        self, beroep: str, bron: str, now: datetime, perform: Perform | None = None
    ) -> Uitgenodigd:
        """A professional register says that somebody stands in it: a code for whoever that is."""
        return self._invite(None, None, None, Niveau.HOOG, bron, now, beroep, perform)

    def _invite(
        self,
        organisatie: Organisatie | None,
        rol: Lidrol | None,
        functie: str | None,
        niveau: Niveau,
        bron: str,
        now: datetime,
        beroep: str | None = None,
        perform: Perform | None = None,
    ) -> Uitgenodigd:
        code = codes.new_code()
        made = Uitnodiging(
            id=secrets.token_urlsafe(16),
            organisatie=organisatie.id if organisatie else None,
            beroep=beroep,
            bron=bron,
            rol=rol,
            functie=functie,
            niveau=niveau,
            code_hash=rules.digest(code, self._codes_key),
            geldig_tot=now + rules.VALID_FOR,
        )

        def act(session: Session) -> Uitgenodigd:
            store.add_invitation(session, made)
            return Uitgenodigd(made, codes.show(code))

        return (perform or self._database.write)(act)

    def view(self, code: str, persoon: PartijId, now: datetime) -> tuple[Uitnodiging, Organisatie | None]:
        """What somebody would join with this code: the organisation, or None for a professional register.

        Raises CodeUnknown, TooManyAttempts.
        """

        def find(session: Session) -> tuple[Uitnodiging, Organisatie | None] | None:
            found = self._open(session, code, now)
            if found is None:
                return None
            return found, store.find(session, found.organisatie) if found.organisatie else None

        return self._machtigingen.attempts.require(persoon, now, find)

    def _open(self, session: Session, code: str, now: datetime) -> Uitnodiging | None:
        read = codes.read(code)
        found = store.find_invitation(session, rules.digest(read, self._codes_key)) if read else None
        return found if found is not None and rules.is_open(found, now) else None

    def join(
        self, code: str, persoon: PartijId, login: Niveau, now: datetime, perform: Perform | None = None
    ) -> Toegetreden | Beroepsregistratie:
        """Somebody comes with a code, at their own login. Raises CodeUnknown, TooManyAttempts,
        AlreadyAuthorised when they are in that role already."""

        def act(session: Session) -> Toegetreden | Beroepsregistratie:
            found = self._open(session, code, now)
            if found is None:
                raise errors.CodeUnknown
            store.close_invitation(session, found.id, now)
            return self._let_in(session, found, persoon, login, now)

        return self._machtigingen.attempts.guard(persoon, now, lambda: (perform or self._database.write)(act))

    def _let_in(
        self, session: Session, found: Uitnodiging, persoon: PartijId, login: Niveau, now: datetime
    ) -> Toegetreden | Beroepsregistratie:
        known = store.find(session, found.organisatie) if found.organisatie else None
        if known is None or found.rol is None:
            registered = Beroepsregistratie(found.id, persoon, str(found.beroep), found.bron, now)
            store.add_profession(session, registered)
            return registered
        if any(one.rol is found.rol for one in store.find_membership(session, known.id, persoon)):
            raise errors.AlreadyAuthorised
        by_source = found.rol in rules.BY_SOURCE
        niveau = found.niveau if by_source else Niveau.weakest(found.niveau, login)
        lid = Lid(found.id, known.id, persoon, found.rol, found.functie, niveau, now)
        store.add_member(session, lid)
        if lid.rol is Lidrol.BESTUURDER:
            self._mirror(session, lid, found.bron, leased=known.lease, now=now)
        return Toegetreden(lid, known)

    def _mirror(self, session: Session, lid: Lid, bron: str, *, leased: bool, now: datetime) -> None:
        said = Spiegeling(
            lid.organisatie, lid.partij, Grond.BESTUURDER, bron, now, functie=lid.functie, leased=leased
        )
        self._machtigingen.mirror(session, said, now)

    def renew(self, name: str, now: datetime, perform: Perform | None = None) -> int:
        """The source says again who the directors are: their leases go on. Raises NotFound."""
        organisatie = self.require(name)

        def act(session: Session) -> int:
            directors = [
                one for one in store.list_members(session, organisatie.id) if one.rol is Lidrol.BESTUURDER
            ]
            for one in directors:
                self._mirror(session, one, organisatie.bron, leased=organisatie.lease, now=now)
            return len(directors)

        return (perform or self._database.write)(act)

    # -- going out -------------------------------------------------------------------------------

    def deregister(self, name: str, lid: str, now: datetime, perform: Perform | None = None) -> None:
        """The source says that somebody is a director no longer. Raises NotFound."""
        organisatie = self.require(name)
        (perform or self._database.write)(lambda session: self._leave(session, organisatie.id, lid, now))

    def remove(self, door: Lid, lid: str, now: datetime, perform: Perform | None = None) -> None:
        """A member sends somebody away, or leaves. At once: all of theirs there ends, tokens included.

        Raises NotFound, WrongRole.
        """

        def act(session: Session) -> None:
            other = store.find_member(session, lid, lock=True)
            if other is None:
                raise errors.NotFound
            rules.check_removes(door, other)
            self._leave(session, door.organisatie, lid, now)

        (perform or self._database.write)(act)

    def _leave(self, session: Session, organisatie: PartijId, lid: str, now: datetime) -> None:
        gone = store.find_member(session, lid, lock=True)
        if gone is None or gone.organisatie != organisatie or gone.geeindigd_op is not None:
            raise errors.NotFound
        store.end_member(session, lid, now)
        if gone.rol is Lidrol.BESTUURDER:
            self._machtigingen.end_by_law(session, organisatie, gone.partij, Grond.BESTUURDER, LEFT, now)
        if not store.find_membership(session, organisatie, gone.partij):
            self._machtigingen.end_between(session, organisatie, gone.partij, LEFT, now)
        self._machtigingen.settle_joint(session, gone.partij, now)

    def strike_off(self, registratie: str, now: datetime, perform: Perform | None = None) -> None:
        """The professional register struck somebody off: what they could do by it ends. Raises NotFound."""

        def act(session: Session) -> None:
            ended = store.end_profession(session, registratie, now)
            if ended is None:
                raise errors.NotFound
            if not store.list_professions(session, ended.partij):
                self._machtigingen.end_all_of(
                    session, ended.partij, STRUCK_OFF, now, gronden=[Grond.BEROEPSMATIG]
                )

        (perform or self._database.write)(act)
