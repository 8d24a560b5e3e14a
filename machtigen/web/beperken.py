"""Less than before: untick, an earlier end, one case; first what changes, then at once.

It cannot be taken back: who wants more again makes a new machtiging, or proposes a later end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from machtigen.deps import Services, services
from machtigen.diensten.model import Handeling, Niveau
from machtigen.errors import AlreadyEnded, InvalidMachtiging, MachtigenError, NotNarrower
from machtigen.machtigingen import changes, rules
from machtigen.machtigingen.dagen import day_of
from machtigen.machtigingen.model import ENDED, Inperking, Machtiging
from machtigen.sessies.model import Sessie
from machtigen.web.beschrijving import A_MOMENT, described, purposes_of, show_purpose
from machtigen.web.keuzes import Fields, Short
from machtigen.web.namens import find_person, here, require_person
from machtigen.web.pagina import INVALID_FORM, describe, show
from machtigen.web.sessie import check_form, login_redirect
from machtigen.web.teksten import HANDELINGEN
from machtigen.web.velden import Csrf, Identifier, read_count, read_last_day, read_text

router = APIRouter(include_in_schema=False)
UNCHANGED = "U hebt niets veranderd. Haal ergens een vinkje weg, of kies een eerdere einddatum."
NO_SERVICE = "Laat ten minste één dienst over. Wilt u alles stoppen? Trek dan in of zeg op."
NO_ACTION = "Laat ten minste één handeling over. Wilt u alles stoppen? Trek dan in of zeg op."
NO_PURPOSE = "Laat ten minste één doel over."
BAD_COUNT = "Vul een heel getal in van 1 of meer."
BAD_DATE = "Vul een goede datum in."
TEXTS = (UNCHANGED, NO_SERVICE, NO_ACTION, NO_PURPOSE, BAD_COUNT, BAD_DATE)


@dataclass(frozen=True)
class Ingevuld:
    """Ingevuld (filled in): what stands in the form."""

    diensten: tuple[str, ...]
    handelingen: tuple[str, ...]
    tot: str
    zaak: str = ""
    doelen: tuple[str, ...] = ()
    min_niveau: str = ""
    max_gebruik: str = ""


def filled_in(
    dienst: Fields = None,
    handeling: Fields = None,
    tot: Short = "",
    zaak: Short = "",
    doel: Fields = None,
    min_niveau: Short = "",
    max_gebruik: Short = "",
) -> Ingevuld:
    """The posted form."""
    return Ingevuld(
        tuple(dienst or ()), tuple(handeling or ()), tot.strip(), read_text(zaak), tuple(doel or ()),
        min_niveau, max_gebruik.strip(),
    )  # fmt: skip


def _present(found: Machtiging, doelen: Iterable[str]) -> Ingevuld:
    """The form as it is before anything is changed."""
    return Ingevuld(
        diensten=tuple(found.diensten),
        handelingen=tuple(found.handelingen),
        tot=_last_day(found),
        doelen=tuple(doelen),
        min_niveau=found.min_niveau.value,
        max_gebruik="" if found.max_gebruik is None else str(found.max_gebruik),
    )


def _last_day(found: Machtiging) -> str:
    return day_of(rules.last_moment(found) - A_MOMENT).isoformat()


def _purposes(app: Services, found: Machtiging) -> list[str]:
    """The purposes one can choose from; none where there is no choice."""
    known = app.diensten.find_many(found.diensten)
    return [doel for doel in purposes_of(known.values()) if found.doelen is None or doel in found.doelen]


def read(form: Ingevuld, found: Machtiging, doelen: list[str]) -> tuple[Inperking, dict[str, str]]:
    """What is to be left, and what is wrong, by field. What was not changed stays as it is."""
    wrong: dict[str, str] = {}
    left = Inperking(
        diensten=form.diensten if set(form.diensten) != set(found.diensten) else None,
        handelingen=frozenset(Handeling(one) for one in form.handelingen if one in set(Handeling)),
        geldig_tot=_end(form.tot, found, wrong),
        zaak=(form.zaak or None) if found.zaak is None else None,
        doelen=frozenset(form.doelen) if doelen and set(form.doelen) != set(doelen) else None,
        min_niveau=Niveau(form.min_niveau) if form.min_niveau in set(Niveau) else None,
        max_gebruik=read_count(form.max_gebruik),
    )
    if form.max_gebruik and left.max_gebruik is None:
        wrong["max_gebruik"] = BAD_COUNT
    if left.diensten is not None and not left.diensten:
        wrong["dienst"] = NO_SERVICE
    if not left.handelingen:
        wrong["handeling"] = NO_ACTION
    if left.doelen is not None and not left.doelen:
        wrong["doel"] = NO_PURPOSE
    return left, wrong


def _end(text: str, found: Machtiging, wrong: dict[str, str]) -> datetime | None:
    if not text or text == _last_day(found):
        return None
    end = read_last_day(text)
    if end is None:
        wrong["tot"] = BAD_DATE
    return end


def _fault(error: MachtigenError, left: Inperking, found: Machtiging) -> dict[str, str]:
    """A refusal of the rules, at the field that it is about; at none when nothing was changed."""
    if not isinstance(error, NotNarrower):
        return {"tot": error.title}
    if left.geldig_tot is not None and left.geldig_tot > rules.last_moment(found):
        return {"tot": error.title}
    limit = found.max_gebruik
    if left.max_gebruik is not None and limit is not None and left.max_gebruik > limit:
        return {"max_gebruik": error.title}
    return {"": UNCHANGED}


def _form_page(
    request: Request, person: Sessie, found: Machtiging, form: Ingevuld, wrong: dict[str, str]
) -> Response:
    app = services(request)
    values = {
        "machtiging": describe(app, person, [found])[0],
        "ingevuld": form,
        "fouten": wrong,
        "handelingen": [
            (key.value, *texts) for key, texts in HANDELINGEN.items() if key in found.handelingen
        ],
        "doelen": [(doel, show_purpose(doel)) for doel in _purposes(app, found)],
        "niveaus": [one.value for one in Niveau if one.reaches(found.min_niveau)],
        "vandaag": day_of(app.now()).isoformat(),
        "laatste_dag": _last_day(found),
    }
    return show(request, person, "beperken.html", values, INVALID_FORM if wrong else 200)


def _narrowable(app: Services, identifier: str, person: Sessie) -> Machtiging | None:
    """The machtiging; None when this cannot be done with it. Raises NotFound, AlreadyEnded."""
    found, rol = app.machtigingen.require(identifier, person.partij)
    if isinstance(rules.status_at(found, app.now()), ENDED):
        raise AlreadyEnded
    return found if "beperken" in rules.acties(found, rol, app.now()) else None


@router.get("/machtigen/{identifier}/beperken")
def ask(request: Request, identifier: Identifier) -> Response:
    """What is to be left?"""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    found = _narrowable(app, identifier, person)
    if found is None:
        return RedirectResponse(f"{here(request)}/{identifier}", 303)
    return _form_page(request, person, found, _present(found, _purposes(app, found)), {})


@router.post("/machtigen/{identifier}/beperken")
def narrow(
    request: Request,
    identifier: Identifier,
    form: Annotated[Ingevuld, Depends(filled_in)],
    zeker: Short = "",
    csrf_token: Csrf = None,
) -> Response:
    """First what changes, before and after; then, when one is sure, at once."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    found = _narrowable(app, identifier, person)
    if found is None:
        return RedirectResponse(f"{here(request)}/{identifier}", 303)
    left, wrong = read(form, found, _purposes(app, found))
    if wrong:
        return _form_page(request, person, found, form, wrong)
    try:
        after = changes.narrow(found, left, person.partij, app.now())
        if zeker:
            _narrow(app, identifier, left, person)
            return RedirectResponse(f"{here(request)}/{identifier}?gedaan=beperkt", 303)
    except InvalidMachtiging as error:
        return _form_page(request, person, found, form, _fault(error, left, found))
    values = {
        "machtiging": describe(app, person, [found])[0],
        "straks": _after(app, person, after),
        "ingevuld": form,
    }
    return show(request, person, "beperken_controle.html", values)


def _narrow(app: Services, identifier: str, left: Inperking, person: Sessie) -> None:
    perform = app.organisaties.noting(person.optreden, app.now())
    app.machtigingen.narrow(identifier, left, person.partij, app.now(), perform)


def _after(app: Services, person: Sessie, after: Machtiging) -> dict[str, Any]:
    """What it would become, without asking for a name once more."""
    known = app.diensten.find_many(after.diensten)
    return described(replace(after, voorstel=None), person.partij, app.now(), known, None)


@router.post("/machtigen/{identifier}/diensten/stoppen")
def stop_service(
    request: Request,
    identifier: Identifier,
    dienst: Annotated[str, Form(max_length=100)] = "",
    csrf_token: Csrf = None,
) -> Response:
    """Stop for one service, at once: the others stay."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    found = _narrowable(app, identifier, person)
    if found is None:
        return RedirectResponse(f"{here(request)}/{identifier}", 303)
    left = Inperking(diensten=tuple(one for one in found.diensten if one != dienst))
    _narrow(app, identifier, left, person)
    return RedirectResponse(f"{here(request)}/{identifier}?gedaan=dienst-gestopt", 303)
