"""Pure rules of the choice: for whom may this person act at this service, at which level."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from machtigen.bevoegdheidsverklaringen.model import Inlog, Inlogverzoek, Keuze
from machtigen.bevoegdheidsverklaringen.rar import granted_actions, granted_doelen
from machtigen.diensten.model import Dienst, Niveau
from machtigen.machtigingen.keten import Keten

ZELF = "zelf"


def must_log_in(verzoek: Inlogverzoek, inlog: Inlog | None, started: datetime, now: datetime) -> bool:
    """Whether a (new) login is needed: none yet, too low, too old, or asked for since `started`.

    `started` is when the request came in; `prompt=login` asks for a login after it.
    """
    if inlog is None or not inlog.niveau.reaches(verzoek.niveau):
        return True
    if verzoek.prompt == "login" and inlog.auth_op < started.replace(microsecond=0):
        return True
    return verzoek.max_age_s is not None and now - inlog.auth_op > timedelta(seconds=verzoek.max_age_s)


def choices(
    verzoek: Inlogverzoek, inlog: Inlog, dienst: Dienst, usable: Iterable[Keten]
) -> tuple[Keuze, ...]:
    """One choice for every chain (mostly of one machtiging) that gives at least one of the actions asked.

    The level that counts is the weakest of login and registration; it must reach what this service
    and this request need. A machtiging bound to one case counts only when that case is named.
    """
    found = []
    for keten in usable:
        machtiging = keten.effectief
        niveau = Niveau.weakest(inlog.niveau, machtiging.niveau)
        actions = granted_actions(machtiging.handelingen, dienst, verzoek.inperking)
        doelen = granted_doelen(machtiging.doelen, dienst, verzoek.inperking)
        reached = niveau.reaches(verzoek.niveau) and inlog.niveau.reaches(machtiging.min_niveau)
        if reached and actions and doelen and machtiging.zaak in {None, verzoek.inperking.zaak}:
            found.append(
                Keuze(
                    machtiging=keten.id,
                    vertegenwoordigde=keten.vertegenwoordigde,
                    handelingen=actions,
                    geldig_tot=machtiging.geldig_tot,
                    niveau=niveau,
                    tussenpersonen=keten.tussenpersonen,
                )
            )
    return tuple(found)
