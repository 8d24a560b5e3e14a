"""The rooms on one database, put together with these neighbours. Called by `app.py` and by tests."""

from __future__ import annotations

from collections.abc import Callable

from keys.kernel.caller import ReplayGuard
from keys.kernel.database import Database
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.jws.keyfile import secret_bytes
from keys.kernel.log import Log
from keys.kernel.pep import Domain, Vault
from machtigen.balie.service import Balie
from machtigen.balie.tickets import Balietickets
from machtigen.berichten.service import Berichten
from machtigen.deps import Clock, Services
from machtigen.diensten.service import Diensten
from machtigen.feiten.service import Feiten
from machtigen.gebruik.service import Gebruiken
from machtigen.herhalingen.service import Herhalingen
from machtigen.instemming.service import Instemmingen
from machtigen.machtigingen.service import Machtigingen
from machtigen.machtigingen.zegels import Zegels
from machtigen.ontvangst.afzender import NOBODY
from machtigen.ontvangst.gevolgen import Gevolgen
from machtigen.ontvangst.service import Afzender, Ontvangst
from machtigen.organisaties.service import Organisaties
from machtigen.partijen.service import Partijen
from machtigen.sealing import Seal
from machtigen.sessies.service import Sessies
from machtigen.settings import Settings
from machtigen.translation import LoggedTranslator, Translator
from machtigen.weergave.service import DomainKey, Weergave
from machtigen.zaken.service import Zaken


def assemble(
    settings: Settings,
    database: Database,
    clock: Clock,
    key: SigningKey,
    log: Log,
    translator: Translator,
    domain_key: DomainKey,
    keys_of: Callable[[str], Jwks | None],
    afzender: Afzender = NOBODY,
    identiteit_keys: Callable[[str | None], Jwks] = lambda _kid: Jwks.of(),
) -> Services:
    """The rooms on a database, with these neighbours. `afzender`: who sends life events; `identiteit_keys`:
    for tickets of the desk."""

    def secret(name: str) -> bytes:
        return secret_bytes(settings.sleutels_map / name, may_make=not settings.production)

    translator = LoggedTranslator(translator, log)
    seal = Seal(secret("labels.key"))
    catalogue = Diensten(database)
    feiten = Feiten(database, seal)
    domain = Domain.parse(settings.domain)
    partijen = Partijen(database, Vault(secret("lokaal.key")), domain)
    codes_key = secret("codes.key")
    room = Machtigingen(database, catalogue, codes_key=codes_key, seal=seal, log=log)
    organisations = Organisaties(database, room, codes_key)
    room.silent, room.may_grant = feiten.is_dead, feiten.may_grant
    tickets = desk_tickets(settings, partijen, domain_key, identiteit_keys)
    effects = Gevolgen(database, feiten, room, seal)
    return Services(
        own_url=settings.own_url,
        identiteit_url=settings.identiteit_url,
        now=clock.now,
        diensten=catalogue,
        partijen=partijen,
        sessies=Sessies(database, seal),
        machtigingen=room,
        zegels=Zegels(database, key, settings.own_url),
        balie=Balie(database, room, catalogue, tickets, codes_key=codes_key, log=log),
        feiten=feiten,
        ontvangst=receiver(settings, database, afzender, domain_key, partijen, effects, seal, log),
        berichten=Berichten(database),
        organisaties=organisations,
        instemmingen=Instemmingen(database, catalogue, room),
        zaken=Zaken(database, catalogue, room, organisations.professions_of),
        gebruiken=Gebruiken(database),
        herhalingen=Herhalingen(database, secret("herhaling.key")),
        weergave=display(settings, partijen, translator, domain_key, key),
        domain_key=domain_key,
        translator=translator,
        caller_keys=keys_of,
        replays=ReplayGuard(clock.now),
        log=log,
    )


def desk_tickets(
    settings: Settings,
    partijen: Partijen,
    domain_key: DomainKey,
    keys_of_issuer: Callable[[str | None], Jwks],
) -> Balietickets:
    """Who opens the tickets with which a clerk says who is at the desk."""
    return Balietickets(
        keys_of_issuer=keys_of_issuer,
        issuer=settings.identiteit_url,
        audience=settings.own_url,
        domain=settings.domain,
        open_ciphertext=domain_key.open,
        partijen=partijen,
    )


def receiver(
    settings: Settings,
    database: Database,
    afzender: Afzender,
    domain_key: DomainKey,
    partijen: Partijen,
    gevolgen: Gevolgen,
    seal: Seal,
    log: Log,
) -> Ontvangst:
    """The room that takes life events in."""
    return Ontvangst(
        database=database,
        afzender=afzender,
        audience=settings.own_url,
        domain=Domain.parse(settings.domain),
        opened=domain_key.open,
        partijen=partijen,
        gevolgen=gevolgen,
        seal=seal,
        log=log,
    )


def display(
    settings: Settings, partijen: Partijen, translator: Translator, domain_key: DomainKey, key: SigningKey
) -> Weergave:
    """The room that makes tickets for names."""
    return Weergave(
        partijen=partijen,
        translator=translator,
        domain_key=domain_key,
        display=Domain.parse(settings.display_domain),
        signing_key=key,
        issuer=settings.own_url,
        audience=settings.identiteit_url,
    )
