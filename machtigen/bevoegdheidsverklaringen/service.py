"""Representation tokens: the choice, the award behind a code, the issue, and the ending.

Order of an issue: translate (peers, at the choice) → one transaction {code spent, use counted on every
link, status index taken, issue remembered, line in the register of use} → sign. What could not be
recorded is never signed. Counting takes the rows of the links: a machtiging that ends or is narrowed at
the same moment was first, and the issue is refused; or it waits, and its hook finds the issue.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from keys.kernel.database import Database
from keys.kernel.jws import SigningKey, sign
from keys.kernel.pep import Domain
from machtigen.bevoegdheidsverklaringen import claims, naamstore, rar, rules, store
from machtigen.bevoegdheidsverklaringen.claims import House
from machtigen.bevoegdheidsverklaringen.errors import AccessDenied, InvalidGrant, TemporarilyUnavailable
from machtigen.bevoegdheidsverklaringen.model import (
    Entry,
    Inlog,
    Inlogverzoek,
    Keuze,
    Levend,
    Toekenning,
    Tokens,
)
from machtigen.bevoegdheidsverklaringen.statuslijsten import ListsFull, Statuslijsten
from machtigen.bevoegdheidsverklaringen.verlening import Verlening, line_of
from machtigen.bevoegdheidsverklaringen.vertalen import Vertaler
from machtigen.bevoegdheidsverklaringen.verzoeken import CodeReused, Verzoeken
from machtigen.diensten.model import Client, Dienst, Handeling
from machtigen.diensten.service import Diensten
from machtigen.errors import NotActive
from machtigen.gebruik.service import Gebruiken
from machtigen.instemming.service import Instemmingen
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.service import Machtigingen
from machtigen.partijen.model import PartijId, is_organisation
from machtigen.partijen.service import Partijen
from machtigen.zaken.service import Zaken

OwnActions = Callable[[PartijId, Dienst, datetime], frozenset[Handeling]]
TIDY_EVERY = timedelta(seconds=30)


class Verklaringen:
    """The room's verbs. Ends the tokens of a machtiging in the transaction that ends it."""

    def __init__(
        self,
        *,
        database: Database,
        house: House,
        key: SigningKey,
        diensten: Diensten,
        partijen: Partijen,
        machtigingen: Machtigingen,
        gebruiken: Gebruiken,
        lijsten: Statuslijsten,
        verzoeken: Verzoeken,
        vertaler: Vertaler,
        instemmingen: Instemmingen,
        zaken: Zaken,
    ) -> None:
        self._database = database
        self.house = house
        self._key = key
        self._diensten = diensten
        self._partijen = partijen
        self._machtigingen = machtigingen
        self._gebruiken = gebruiken
        self._lijsten = lijsten
        self._verzoeken = verzoeken
        self._vertaler = vertaler
        self._instemmingen = instemmingen
        self._zaken = zaken
        self._tidied: datetime | None = None
        self.own_actions: OwnActions = lambda _partij, dienst, _now: dienst.handelingen
        machtigingen.on_end.append(self.end_tokens_of)

    # -- the choice ------------------------------------------------------------------------------

    def choices(self, verzoek: Inlogverzoek, inlog: Inlog, now: datetime) -> tuple[Keuze, ...]:
        """For whom this person may act at this service, newest machtiging first."""
        dienst = self._diensten.find(verzoek.dienst)
        if dienst is None or claims.BEHEER in verzoek.scope.split():  # here one acts for oneself
            return ()
        zaak = verzoek.inperking.zaak
        usable = [
            keten
            for keten in self._machtigingen.list_representable(inlog.partij, dienst.id, now)
            if self._instemmingen.for_use(keten, dienst, zaak, now)[0]
            and not self._zaken.in_conflict(dienst.actor, zaak, keten.partijen[:-1])
        ]
        return rules.choices(verzoek, inlog, dienst, usable)

    def award(
        self, verzoek: Inlogverzoek, client: Client, inlog: Inlog, namens: str, now: datetime
    ) -> Toekenning:
        """The award for a choice: `zelf` or the id of a machtiging.

        Raises AccessDenied when it cannot be chosen (now), PeerUnavailable, TranslationRefused.
        """
        dienst = self._diensten.find(verzoek.dienst)
        if dienst is None:
            raise AccessDenied("the service is gone")
        keuze = self._chosen(verzoek, inlog, namens, now)
        others = [keuze.vertegenwoordigde, *keuze.tussenpersonen] if keuze else []
        own, *other = self._translate([inlog.partij, *others], client, dienst)
        return Toekenning(
            client_id=client.client_id,
            redirect_uri=verzoek.redirect_uri,
            dienst=dienst.id,
            scope=verzoek.scope,
            nonce=verzoek.nonce,
            code_challenge=verzoek.code_challenge,
            inperking=verzoek.inperking,
            partij=inlog.partij,
            vertegenwoordigde=keuze.vertegenwoordigde if keuze else None,
            machtiging=keuze.machtiging if keuze else None,
            niveau=keuze.niveau if keuze else inlog.niveau,
            auth_op=inlog.auth_op,
            alt_sub=own,
            alt_sub_vertegenwoordigde=other[0] if other else (),
            tussenpersonen=keuze.tussenpersonen if keuze else (),
            alt_sub_tussen=tuple(other[1:]),
        )

    def _chosen(self, verzoek: Inlogverzoek, inlog: Inlog, namens: str, now: datetime) -> Keuze | None:
        if namens == rules.ZELF:
            return None
        for keuze in self.choices(verzoek, inlog, now):
            if keuze.machtiging == namens:
                return keuze
        raise AccessDenied("this choice is not possible")

    def _translate(self, parties: list[PartijId], client: Client, dienst: Dienst) -> list[tuple[Entry, ...]]:
        """Entries for each party; an organisation has no pseudonym, so none."""
        people = [partij for partij in parties if not is_organisation(partij)]
        pseudonyms = [self._partijen.pseudonym_of(partij) for partij in people]
        done = self._vertaler.translate(pseudonyms, Domain.parse(client.domein), dienst.doelen[0])
        entries = dict(zip(people, done, strict=True))
        return [entries.get(partij, ()) for partij in parties]

    # -- the issue -------------------------------------------------------------------------------

    def require_award(self, code: str, client_id: str, now: datetime) -> Toekenning:
        """What a code stands for. A second use ends the token of the first (RFC 6749 section 4.1.2)."""
        try:
            return self._verzoeken.find_code(code, client_id, now)
        except CodeReused as reused:
            if reused.jti is not None:
                self.end_token(reused.jti, now)
            raise

    def issue(self, code: str, toekenning: Toekenning, client: Client, now: datetime) -> Tokens:
        """Both tokens for an award. Raises InvalidGrant or TemporarilyUnavailable."""
        grant = self._granted(toekenning, client, now)
        jti = secrets.token_urlsafe(16)
        ends = claims.expiry(grant.detail, now)

        def act(session: Session) -> tuple[int, int]:
            self._verzoeken.spend_code(session, code, jti, now)
            if grant.keten is not None:
                self._machtigingen.note_use(session, grant.keten.ids, now, grant.keten.schakels)
            names = self.house.pairwise.names(client.actor, toekenning.partijen)
            naamstore.add_names(session, client.actor, names)
            if grant.samen is not None:
                self._instemmingen.spend(session, grant.samen.instemming, now)
            plaats = self._lijsten.allocate(session, ends, now)
            store.add_uitgifte(
                session,
                jti=jti,
                client_id=client.client_id,
                partij=toekenning.partij,
                machtiging=toekenning.machtiging,
                schakels=grant.rests_on,
                plaats=plaats,
                verloopt_op=ends,
            )
            self._gebruiken.record(session, line_of(toekenning, client, grant, jti, now))
            return plaats.lijst, plaats.idx

        try:
            lijst, idx = self._database.write(act)
        except (SQLAlchemyError, ListsFull) as error:
            raise TemporarilyUnavailable("the use could not be recorded") from error
        except NotActive as error:  # ended, frozen or used up while this was asked
            raise InvalidGrant("what was chosen has ended") from error
        return self._sign(toekenning, client, grant, jti, {"idx": idx, "uri": self._lijsten.uri(lijst)}, now)

    def _granted(self, toekenning: Toekenning, client: Client, now: datetime) -> Verlening:
        dienst = self._diensten.find(toekenning.dienst)
        if dienst is None:
            raise InvalidGrant("what was chosen has ended")
        keten = machtiging = samen = None
        zaak = toekenning.inperking.zaak
        available = self.own_actions(toekenning.partij, dienst, now)
        if toekenning.machtiging is not None:
            keten = self._machtigingen.find_usable(toekenning.machtiging, toekenning.partij, dienst.id, now)
            if keten is None or keten.vertegenwoordigde != toekenning.vertegenwoordigde:
                raise InvalidGrant("what was chosen has ended")
            may, samen = self._instemmingen.for_use(keten, dienst, zaak, now)
            if not may or self._zaken.in_conflict(dienst.actor, zaak, keten.partijen[:-1]):
                raise InvalidGrant("what was chosen has ended")
            machtiging = keten.effectief
            available = machtiging.handelingen & samen.handelingen if samen else machtiging.handelingen
        actions = rar.granted_actions(available, dienst, toekenning.inperking)
        if keten is None and not actions:  # reading is left to who has no capacity, whatever a service offers
            wanted = toekenning.inperking.actions
            actions = tuple(action for action in available if wanted is None or action in wanted)
        purposes = machtiging.doelen if machtiging else None
        doelen = rar.granted_doelen(purposes, dienst, toekenning.inperking)
        if not actions or not doelen:
            raise InvalidGrant("what was chosen has ended")
        until = machtiging.geldig_tot if machtiging else None
        until = min(until, samen.geldig_tot) if until and samen else until
        grond = machtiging.grond.value if machtiging else ""
        links = keten.ids if keten else ()
        detail = claims.detail(
            self.house, toekenning, client, dienst, actions, doelen, until, now, grond, links
        )
        joined = samen.medebevoegden if samen else claims.agreed(keten)
        if joined:
            detail["medebevoegden"] = claims.subjects(self.house, client, joined)
        return Verlening(detail, actions, keten, samen)

    def _sign(
        self,
        toekenning: Toekenning,
        client: Client,
        grant: Verlening,
        jti: str,
        status: dict[str, object],
        now: datetime,
    ) -> Tokens:
        body = claims.representation_token(
            self.house, toekenning, client, grant.detail, jti=jti, status=status, now=now
        )
        access_token = sign(body, self._key, typ="at+jwt")
        identity = claims.id_token(
            self.house,
            toekenning,
            client,
            access_token=access_token,
            jti=secrets.token_urlsafe(16),
            now=now,
        )
        return Tokens(
            access_token=access_token,
            id_token=sign(identity, self._key, typ="JWT"),
            expires_in=body["exp"] - body["iat"],
            scope=toekenning.scope,
            authorization_details=(grant.detail,),
        )

    def may_use(self, keten: Keten, dienst: Dienst, zaak: str | None, now: datetime) -> bool:
        """Whether others who must agree did, and nobody in it has an opposite interest in the case."""
        may, _ = self._instemmingen.for_use(keten, dienst, zaak, now)
        return may and not self._zaken.in_conflict(dienst.actor, zaak, keten.partijen[:-1])

    # -- the end ---------------------------------------------------------------------------------

    def end_tokens_of(self, session: Session, machtiging: str, now: datetime) -> None:
        """Hook: flip every live token of a machtiging, in the transaction that ends it."""
        self._lijsten.end(session, store.end_uitgiftes_of(session, machtiging, now))

    def end_token(self, jti: str, now: datetime) -> None:
        """End one token (RFC 7009); nothing happens when it had ended or never was."""
        self._database.write(
            lambda session: self._lijsten.end(session, store.end_uitgifte(session, jti, now))
        )

    def find_live(self, jti: str, now: datetime) -> Levend | None:
        """A token that has not ended and whose machtiging, if any, stands at this very moment."""
        live = self._database.read(lambda session: store.find_live(session, jti, now))
        if live is None or live.machtiging is None:
            return live
        return live if self._machtigingen.is_active(live.machtiging, now, live.schakels) else None

    def find_end(self, jti: str) -> datetime | None:
        """When a token was ended before it expired by itself; forgotten a week after it expired."""
        return self._database.read(lambda session: store.find_end(session, jti))

    def upkeep(self, now: datetime) -> None:
        """Status lists in order, and what is long over forgotten. Quick when done recently."""
        if self._tidied is not None and timedelta(0) <= now - self._tidied < TIDY_EVERY:
            return
        self._tidied = now
        self._lijsten.tidy(now)
        self._verzoeken.sweep(now)
