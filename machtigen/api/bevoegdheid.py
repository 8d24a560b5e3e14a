"""May I do this with that power? Every reason why not, and who is competent where I am not."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from machtigen.deps import Person, Present
from machtigen.diensten.model import Handeling
from machtigen.errors import NotFound
from machtigen.machtigingen import gronden
from machtigen.machtigingen import keten as chains
from machtigen.machtigingen.beperkingen import Vraag
from machtigen.machtigingen.model import Rol
from machtigen.wire.dienst import HandelingWire
from machtigen.wire.machtiging import BevoegdheidWire

router = APIRouter(prefix="/machtigen/api/v1", tags=["machtigingen"])
Short = Annotated[str, Query(max_length=100)]


@router.get("/machtigingen/{identifier}/bevoegdheid")
def judge(
    app: Present,
    person: Person,
    identifier: str,
    dienst: Short,
    handeling: HandelingWire | None = None,
    zaak: Short | None = None,
) -> BevoegdheidWire:
    """Whether I, as the representative, may do this there now. `not-competent:bewind`: who holds the
    bewind may; `joint-consent-needed`: the other holders must agree first."""
    now = app.now()
    keten, rol = app.machtigingen.require_chain(identifier.replace("\x00", ""), person.partij)
    known = app.diensten.find(dienst.replace("\x00", ""))
    if known is None or rol is not Rol.VERTEGENWOORDIGER:
        raise NotFound
    wanted = Handeling(handeling) if handeling else None
    reasons = [found for found in (gronden.refuses(keten.grond, known.aard),) if found]
    if keten.grond not in known.gronden and not reasons:
        reasons.append("ground-not-accepted")
    if not keten.effectief.covers(known.id):
        reasons.append("service-outside")
    asked = Vraag(known.id, person.niveau, now, wanted, zaak)
    reasons += [one for one in chains.decide(keten, asked).reasons if one not in reasons]
    if not person.niveau.reaches(known.min_niveau) and "level-too-low" not in reasons:
        reasons.append("level-too-low")
    if not app.instemmingen.for_use(keten, known, zaak, now)[0]:
        reasons.append("joint-consent-needed")
    if app.zaken.in_conflict(known.actor, zaak, keten.partijen[:-1]):
        reasons.append("conflict-of-interest")
    return BevoegdheidWire(toegestaan=not reasons, redenen=reasons)
