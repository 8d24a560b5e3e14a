"""Nothing that identiteit sends to others, logs or refuses with carries who someone is, in any form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from keys.kernel.jws import SigningKey
from tests.identiteit.house import REGISTERS, Browser, House, answer_of
from tests.identiteit.people import ANJA, NOOR, POSTED, found_in

BSN = POSTED[NOOR]["bsn"]


def everything(answer: httpx2.Response) -> str:
    """All that left: status line, headers, cookies and body."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.multi_items())
    return f"{answer.url}\n{headers}\n{answer.text}"


@pytest.fixture
def sent(house: House) -> Iterator[list[httpx2.Response]]:
    """Every answer of identiteit's interfaces to the client of this test."""
    answers: list[httpx2.Response] = []

    def keep(answer: httpx2.Response) -> None:
        answer.read()
        answers.append(answer)

    house.http.event_hooks["response"].append(keep)
    yield answers
    house.http.event_hooks["response"].remove(keep)


def test_tokens_tickets_addresses_and_headers_are_free_of_it(
    house: House, visitor: Browser, sent: list[httpx2.Response]
) -> None:
    redirects = []
    for peer in (house.machtigen, house.rechten):
        asked = peer.ask(prompt="login")
        to = visitor.authorize(asked)
        back = visitor.submit(to.headers["location"], persoon=NOOR, niveau="hoog")
        redirects += [to, back]
        tokens = house.trade(peer, asked, answer_of(back)["code"]).json()
        house.inspection(tokens["access_token"], [str(one) for one in REGISTERS])
    numbers = [{"bsn": POSTED[who]["bsn"]} for who in (NOOR, ANJA)]
    body = {"register": str(REGISTERS[0]), "personen": numbers}
    assert house.call("duo", house.source, "aanmeldingen", body).status_code == 200
    again = house.call("beheer", house.operator, "personen", POSTED[NOOR])
    assert again.status_code == 201
    assert len(sent) >= 6
    for answer in [*sent, *redirects]:
        assert found_in(everything(answer)) == set(), answer.url


def test_log_out_tokens_are_free_of_it(house: House, visitor: Browser) -> None:
    house.log_in_at(house.machtigen, browser=visitor)
    answer_of(visitor.log_in(ANJA, asked=house.machtigen.ask(prompt="login")))
    house.app.state.upkeep()
    assert house.machtigen.heard
    assert found_in(" ".join(house.machtigen.heard)) == set()


def personal(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**body, **changes}


REFUSED_PERSONS = [
    personal(POSTED[NOOR], voornaam="Anders"),
    personal(POSTED[NOOR], geboortedatum="17-02-2006"),
    personal(POSTED[NOOR], geboortedatum="2999-02-17"),
    personal(POSTED[NOOR], bsn=BSN + "0"),
    personal(POSTED[NOOR], bsn=[BSN]),
    personal(POSTED[NOOR], bsn=int(BSN)),
    personal(POSTED[NOOR], achternaam={"Zwaluwstaart": 1}),
    personal(POSTED[NOOR], **{BSN: 1}),
    personal(POSTED[NOOR], Zwaluwstaart=BSN),
    personal(POSTED[NOOR], adres={**POSTED[NOOR]["adres"], BSN: "Zwaluwstaart"}),
    personal(POSTED[NOOR], adres="Rietgorsplantsoen"),
    personal(POSTED[NOOR], demo_id="Noortjelien Zwaluwstaart"),
    personal(POSTED[NOOR], voornaam=None),
]


@pytest.mark.parametrize("number", range(len(REFUSED_PERSONS)))
def test_a_refused_registration_repeats_nothing(house: House, number: int) -> None:
    answer = house.call("beheer", house.operator, "personen", REFUSED_PERSONS[number])
    assert answer.status_code in {409, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert found_in(everything(answer)) == set()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("aanmeldingen", {"register": BSN, "personen": [{"bsn": BSN}]}),
        ("aanmeldingen", {"register": str(REGISTERS[0]), "personen": [{"bsn": BSN, "naam": "Zwaluwstaart"}]}),
        ("aanmeldingen", {"register": str(REGISTERS[0]), "personen": [BSN]}),
        ("gebeurtenissen", {"soort": BSN, "persoon": {"bsn": BSN}, "per": BSN, "bron": BSN}),
        ("gebeurtenissen", {"soort": "overlijden", "persoon": BSN, "per": "2026-01-01", "bron": "BRP"}),
        (BSN, {}),
        (f"personen/{BSN}", {}),
    ],
)
def test_a_refused_call_of_a_source_repeats_nothing(house: House, path: str, body: dict[str, Any]) -> None:
    answer = house.call("duo", house.source, path, body)
    assert answer.status_code in {404, 422}
    assert found_in(everything(answer).replace(str(answer.url), "")) == set()


@pytest.mark.parametrize(
    "path",
    [
        "/identiteit/{}",
        "/identiteit/api/v1/{}",
        "/identiteit/inloggen?poging={}",
        "/identiteit/authorize?client_id={0}&redirect_uri={0}&state={0}",
        "/identiteit/weergave?ticket={}",
        "/identiteit/uitloggen/{}",
    ],
)
def test_a_page_of_refusal_repeats_nothing(visitor: Browser, path: str) -> None:
    for value in (BSN, "Zwaluwstaart"):
        answer = visitor.get(path.format(value))
        assert answer.status_code in {400, 404}
        assert found_in(answer.text) == set()
        assert found_in(str(answer.headers)) == set()


def test_an_error_towards_a_package_repeats_only_its_own_state(house: House, visitor: Browser) -> None:
    answer = visitor.authorize(house.machtigen.ask(scope=f"openid {BSN}", acr_values=BSN, prompt=BSN))
    assert found_in(answer.headers["location"]) == set()
    refused = house.trade(house.machtigen, house.machtigen.ask(), BSN, code_verifier=BSN, grant_type=BSN)
    assert found_in(everything(refused)) == set()


def test_the_log_and_the_neighbours_log_are_free_of_it(house: House, visitor: Browser) -> None:
    house.log_in_at(house.machtigen, browser=visitor)
    house.call("beheer", house.operator, "personen", personal(POSTED[NOOR], voornaam="Anders"))
    house.call("duo", house.source, "aanmeldingen", {"register": BSN, "personen": [{"bsn": BSN}]})
    refused = house.call("duo", SigningKey.generate(), "personen", POSTED[NOOR])
    assert refused.status_code == 401
    lines = house.log_text()
    assert '"event": "logged-in"' in lines
    assert found_in(lines) == set()
    assert found_in((house.folder / "keys.jsonl").read_text()) == set()
    for path in (house.folder / "keys").rglob("*"):
        if path.is_file():
            assert found_in(path.read_bytes()) == set(), path.name


def test_only_pages_for_people_show_names(house: House, visitor: Browser) -> None:
    """The search is not blind: where names belong, it finds them."""
    visitor.log_in()
    assert "Noortjelien Zwaluwstaart" in found_in(visitor.get("/identiteit/").text)
    documented = [path for path, verbs in house.app.openapi()["paths"].items() if "get" in verbs]
    assert len(documented) >= 3
    pages = (
        "",
        "?taal=en",
        "uitloggen",
        "uitgelogd",
        "weergave",
        "health",
        "ready",
        "openapi.json",
        "nergens",
    )
    for path in (*documented, *(f"/identiteit/{page}" for page in pages)):
        expected = path.partition("?")[0] == "/identiteit/"
        assert bool(found_in(visitor.get(path).text)) is expected, path
