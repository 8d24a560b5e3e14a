"""Using a power that several hold together: ask the others, see who agreed, agree, refuse, take back."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from machtigen.deps import Services, find_person, require_person, services
from machtigen.diensten.model import Handeling
from machtigen.errors import InvalidMachtiging, LevelTooLow, MachtigenError
from machtigen.herhalingen.model import Answer, Repeatable
from machtigen.herhalingen.service import Perform
from machtigen.instemming import rules
from machtigen.instemming.model import Aanbod, InstemmingAanvraag, Stand
from machtigen.machtigingen.dagen import day_of
from machtigen.machtigingen.errors import NothingToConfirm
from machtigen.partijen.model import PartijId
from machtigen.sessies.model import Sessie
from machtigen.web.beschrijving import A_MOMENT
from machtigen.web.gedaan import GEDAAN
from machtigen.web.keuzes import Fields, Short
from machtigen.web.pagina import INVALID_FORM, Frames, login_higher, name_frames, show
from machtigen.web.sessie import check_form, login_redirect
from machtigen.web.teksten import HANDELINGEN, INSTEMMINGEN, SOORTEN
from machtigen.web.velden import Csrf, Identifier, read_count, read_last_day, read_text

router = APIRouter(include_in_schema=False)
LIST = "/machtigen/instemmingen"
START = "/machtigen/{identifier}/instemming"
MOST_USES = 100
NO_ACTION = "Kies ten minste één handeling."
BAD_DATE = "Vul een goede datum in."
BAD_COUNT = "Vul een heel getal in van 1 tot en met 100."
TEXTS = (NO_ACTION, BAD_DATE, BAD_COUNT)
LEVERS = {"instemmen": "ingestemd", "weigeren": "niet-ingestemd", "intrekken": "vraag-ingetrokken"}


def parties_of(stand: Stand) -> list[PartijId]:
    """Whose names `shown` shows."""
    return [stand.instemming.vertegenwoordigde, *_others(stand)]


def _others(stand: Stand) -> list[PartijId]:
    """Everybody who decides, decided or asked, each once."""
    one = stand.instemming
    return list(dict.fromkeys((one.verzoeker, *(who for who, _ in one.stemmen), *stand.kring)))


def shown(app: Services, stand: Stand, reader: PartijId, frames: Frames) -> dict[str, Any]:
    """A request as templates show it."""
    one, now = stand.instemming, app.now()
    status, op = rules.status_at(one, now), dict(one.stemmen)
    dienst = app.diensten.find(one.dienst)
    return {
        "id": one.id,
        "status": status,
        "status_tekst": INSTEMMINGEN[status],
        "dienst": dienst,
        "handelingen": [HANDELINGEN[key] for key in HANDELINGEN if key in one.handelingen],
        "soort_tekst": SOORTEN[one.grond.value],
        "zaak": one.zaak,
        "nodig": one.nodig,
        "gegeven": len(one.voorstemmers),
        "aantal": one.aantal,
        "over": max(0, one.aantal - one.gebruikt),
        "gevraagd_op": one.gevraagd_op,
        "laatste_dag": one.geldig_tot - A_MOMENT,
        "ik_vroeg": reader == one.verzoeker,
        "over_mij": reader == one.vertegenwoordigde,
        "acties": stand.acties,
        "voor_wie": frames.take(one.vertegenwoordigde),
        "organisatie": frames.organisation(one.vertegenwoordigde),
        "mensen": [
            {
                "naam": frames.take(who),
                "ik": who == reader,
                "vroeg": who == one.verzoeker,
                "voor_op": op.get(who),
                "beslist": who in op or who in stand.kring,
            }
            for who in _others(stand)
        ],
    }


@router.get(LIST)
def list_mine(request: Request) -> Response:
    """What I asked, what I am asked, and what others ask about me."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    found = app.instemmingen.list_for(person.partij, app.now())
    frames = name_frames(app, person, (one.instemming.vertegenwoordigde for one in found))
    values = {"gevraagd": [shown(app, stand, person.partij, frames) for stand in found]}
    return show(request, person, "instemmingen.html", values)


@router.get(LIST + "/{identifier}")
def detail(request: Request, identifier: Identifier, gedaan: str = "") -> Response:
    """One request: who agreed, who did not yet, what the proof for the service will say."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    return _detail(request, person, identifier, GEDAAN.get(gedaan), None)


def _detail(
    request: Request, person: Sessie, identifier: str, gedaan: str | None, error: LevelTooLow | None
) -> Response:
    app = services(request)
    stand = app.instemmingen.require(identifier, person.partij, app.now())
    frames = name_frames(app, person, parties_of(stand))
    found = shown(app, stand, person.partij, frames)
    values = {"vraag": found, "gedaan": gedaan, "fout": error and error.title, "inloggen": None}
    if error is not None and found["dienst"] is not None:
        values["inloggen"] = login_higher(found["dienst"].min_niveau, f"{LIST}/{identifier}")
    return show(request, person, "instemming.html", values, INVALID_FORM if error else 200)


def lever_of(request: Request) -> str:
    """What is done: the last part of the address."""
    return request.url.path.rsplit("/", 1)[1]


@router.post(LIST + "/{identifier}/instemmen")
@router.post(LIST + "/{identifier}/weigeren")
@router.post(LIST + "/{identifier}/intrekken")
def decide(
    request: Request,
    identifier: Identifier,
    lever: Annotated[str, Depends(lever_of)],
    csrf_token: Csrf = None,
) -> Response:
    """Agree; refuse, also after having agreed; or take back what I asked."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    try:
        if lever == "instemmen":
            app.instemmingen.agree(identifier, person.partij, person.niveau, app.now())
        else:
            app.instemmingen.end(identifier, person.partij, app.now())
    except LevelTooLow as error:
        return _detail(request, person, identifier, None, error)
    return RedirectResponse(f"{LIST}/{identifier}?gedaan={LEVERS[lever]}", 303)


# -- asking --------------------------------------------------------------------------------------


@router.get(START)
def begin(
    request: Request, identifier: Identifier, dienst: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """At which service; then what, until when."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    if dienst:
        return _form(request, person, _offer(app, person, identifier, dienst), {}, {})
    offered = app.instemmingen.list_joint(identifier, person.partij, app.now())
    if not offered:
        raise NothingToConfirm
    values = {"machtiging": identifier, "diensten": offered}
    return show(request, person, "instemming_dienst.html", values)


def _offer(app: Services, person: Sessie, identifier: str, dienst: str) -> Aanbod:
    return app.instemmingen.offer(identifier, dienst.replace("\x00", ""), person.partij, app.now())


def _form(
    request: Request, person: Sessie, offer: Aanbod, fouten: dict[str, str], getypt: dict[str, Any]
) -> Response:
    app = services(request)
    others = [one for one in offer.kring if one != person.partij]
    frames = name_frames(app, person, [offer.vertegenwoordigde, *others])
    latest = day_of(app.now() + rules.AT_MOST - A_MOMENT)
    values = {
        "aanbod": offer,
        "voor_wie": frames.take(offer.vertegenwoordigde),
        "organisatie": frames.organisation(offer.vertegenwoordigde),
        "anderen": [frames.take(one) for one in others],
        "handelingen": [(key.value, *HANDELINGEN[key]) for key in HANDELINGEN if key in offer.handelingen],
        "vandaag": day_of(app.now()).isoformat(),
        "uiterlijk": latest.isoformat(),
        "getypt": {"handelingen": (), "tot": "", "aantal": "1", "zaak": "", **getypt},
        "fouten": fouten,
        "herhaalsleutel": secrets.token_urlsafe(16),
        "inloggen": None,
    }
    if "niveau" in fouten:
        back = f"/machtigen/{offer.machtiging}/instemming?dienst={offer.dienst.id}"
        values["inloggen"] = login_higher(offer.dienst.min_niveau, back)
    return show(request, person, "instemming_vragen.html", values, INVALID_FORM if fouten else 200)


@router.post(START)
def ask(
    request: Request,
    identifier: Identifier,
    dienst: Annotated[str, Form(max_length=100)] = "",
    handeling: Fields = None,
    tot: Short = "",
    aantal: Short = "",
    zaak: Short = "",
    herhaalsleutel: Annotated[str, Form(max_length=64)] = "",
    csrf_token: Csrf = None,
) -> Response:
    """Ask the others."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    offer = _offer(app, person, identifier, dienst)
    typed = {"handelingen": tuple(handeling or ()), "tot": tot, "aantal": aantal, "zaak": read_text(zaak)}
    wanted, wrong = _read(offer, typed)
    if wanted is None:
        return _form(request, person, offer, wrong, typed)
    key = herhaalsleutel or secrets.token_urlsafe(16)
    asked = repr((dienst, sorted(typed.items()))).encode()
    repeat = Repeatable.of(person.partij, key, "POST", request.url.path, asked)
    try:
        made = _ask(app, person, wanted, repeat)
    except (InvalidMachtiging, LevelTooLow) as error:
        return _form(request, person, offer, _fault(error), typed)
    return RedirectResponse(f"{LIST}/{made.body['id']}?gedaan=instemming-gevraagd", 303)


def _ask(app: Services, person: Sessie, wanted: InstemmingAanvraag, repeat: Repeatable) -> Answer:
    def do(perform: Perform) -> Stand:
        return app.instemmingen.ask(wanted, person.partij, person.niveau, app.now(), perform)

    return app.herhalingen.once(repeat, app.now(), do, lambda made: Answer(303, {"id": made.instemming.id}))


def _read(offer: Aanbod, typed: dict[str, Any]) -> tuple[InstemmingAanvraag | None, dict[str, str]]:
    """What is asked, or what is wrong, by field."""
    actions = frozenset(one for one in Handeling if one.value in typed["handelingen"])
    end, count = read_last_day(typed["tot"]) if typed["tot"] else None, read_count(typed["aantal"] or "1")
    wrong = {} if actions else {"handeling": NO_ACTION}
    wrong |= {} if end is not None or not typed["tot"] else {"tot": BAD_DATE}
    wrong |= {} if count is not None and count <= MOST_USES else {"aantal": BAD_COUNT}
    if wrong or count is None:
        return None, wrong
    zaak = typed["zaak"] or None
    return InstemmingAanvraag(offer.machtiging, offer.dienst.id, actions, zaak, end, count), {}


def _fault(error: MachtigenError) -> dict[str, str]:
    return {"niveau" if isinstance(error, LevelTooLow) else "tot": error.title}
