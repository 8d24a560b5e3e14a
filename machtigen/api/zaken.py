"""Cases: a service registers and closes them; a professional acts in one."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from machtigen.api.eenmaal import DONE, once
from machtigen.api.machtigingen import changed
from machtigen.api.oauth_form import verklaringsdienst
from machtigen.api.render import answer
from machtigen.deps import ClientRepeat, HumanWriter, Present, Repeat, ServiceClient
from machtigen.diensten.model import DienstId
from machtigen.errors import NotFound
from machtigen.herhalingen.service import Perform
from machtigen.machtigingen.errors import ConflictOfInterest
from machtigen.machtigingen.model import Machtiging
from machtigen.partijen.model import PartijId
from machtigen.wire.instemming import BeroepsmatigWire, ZaakAanmelding, ZaakWire
from machtigen.wire.machtiging import MachtigingWire

router = APIRouter(prefix="/machtigen/api/v1", tags=["zaken"])


def _parties(request: Request, actor: str, subs: Iterable[str]) -> list[PartijId]:
    """Whose pairwise names these are. Raises NotFound."""
    house = verklaringsdienst(request)
    found = [house.find_party(actor, sub) for sub in subs]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        raise NotFound
    return known


@router.post("/zaken", status_code=201, response_model=ZaakWire)
def register(
    request: Request, app: Present, client: ServiceClient, repeat: ClientRepeat, body: ZaakAanmelding
) -> Response:
    """Register a case, as the service (Bearer: the client's assertion). The same again: 200."""
    shown = ZaakWire(zaak=body.zaak, dienst=body.dienst, gesloten=False)
    (subject,) = _parties(request, client.actor, [body.sub])
    against = _parties(request, client.actor, body.wederpartijen)
    if body.behandelaar is not None:
        (handler,) = _parties(request, client.actor, [body.behandelaar])
        if not app.organisaties.may_handle(handler, [subject, *against], app.now()).allowed:
            raise ConflictOfInterest

    def do(perform: Perform) -> bool:
        dienst = DienstId(body.dienst.replace("\x00", ""))
        return app.zaken.register(client.actor, body.zaak, dienst, subject, against, app.now(), perform)

    return once(app, repeat, do, lambda new: answer(201 if new else 200, shown))


@router.post("/zaken/{zaak}/sluiten", status_code=204)
def close(app: Present, client: ServiceClient, repeat: ClientRepeat, zaak: str) -> Response:
    """Close a case, as the service: what is bound to it ends."""

    def do(perform: Perform) -> None:
        app.zaken.close(client.actor, zaak.replace("\x00", ""), app.now(), perform)

    return once(app, repeat, do, lambda _done: DONE)


@router.post("/beroepsmatig", response_model=MachtigingWire)
def act_professionally(
    app: Present, person: HumanWriter, repeat: Repeat, body: BeroepsmatigWire
) -> JSONResponse:
    """Act in one case by profession, without machtiging, where the service accepts that."""

    def do(perform: Perform) -> Machtiging:
        return app.zaken.act_professionally(
            person.partij, body.dienst.replace("\x00", ""), body.zaak, app.now(), perform
        )

    return changed(app, repeat, person, do)
