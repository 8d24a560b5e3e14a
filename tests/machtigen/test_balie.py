"""The desk as clerks, the two parties and whoever holds a print meet it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from keys.kernel.jws import SigningKey
from keys.kernel.pep import ActorKey, Domain, group
from machtigen.__main__ import cli
from machtigen.balie import rules
from machtigen.diensten.model import Niveau
from machtigen.machtigingen import codes
from tests import races
from tests.machtigen.desk import SCAN, Desk
from tests.machtigen.house import House, Person
from tests.machtigen.world import AANVULLENDE_BEURS, HIGH


@pytest.fixture
def desk(site: House) -> Desk:
    """A desk."""
    return Desk(site)


@pytest.fixture
def clerk1(desk: Desk) -> Person:
    """The first clerk."""
    return desk.clerk("clerk1")


@pytest.fixture
def clerk2(desk: Desk) -> Person:
    """The second clerk."""
    return desk.clerk("clerk2")


def digital() -> dict[str, Any]:
    """The body of a machtiging that somebody gives without a desk."""
    return {
        "diensten": [AANVULLENDE_BEURS],
        "handelingen": ["informatie_opvragen"],
        "geldig_tot": "2027-06-01",
    }


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# -- recording and approving -------------------------------------------------------------------------


def test_a_paper_counts_when_a_second_clerk_approves_it_and_both_sides_are_told(
    desk: Desk, clerk1: Person, clerk2: Person
) -> None:
    noor, anja = desk.site.log_in("noor"), desk.site.log_in("anja")
    identifier = desk.recorded(clerk1)
    assert noor.get("/machtigen/api/v1/machtigingen").json()["resultaten"] == []
    (waiting,) = clerk2.get("/machtigen/api/v1/balie/registraties").json()["resultaten"]
    assert (waiting["id"], waiting["stand"], waiting["eigen"], waiting["scan"]) == (
        identifier, "wachtend", False, SCAN,
    )  # fmt: skip
    approved = clerk2.api(f"/balie/registraties/{identifier}/goedkeuren").json()
    assert (approved["stand"], codes.read(approved["code"]) is not None) == ("goedgekeurd", True)
    desk.site.upkeep()
    for person, rol in ((noor, "vertegenwoordigde"), (anja, "vertegenwoordiger")):
        (shown,) = person.get("/machtigen/api/v1/machtigingen").json()["resultaten"]
        assert (shown["id"], shown["status"], shown["rol"]) == (approved["machtiging"], "actief", rol)
        assert (shown["kanaal"], shown["niveau"]) == ("balie", "substantieel")
        (told,) = person.get("/machtigen/api/v1/berichten").json()["resultaten"]
        assert (told["soort"], told["door"], told["rol"]) == ("aan_balie", "balie", rol)
        history = person.get(f"/machtigen/api/v1/machtigingen/{shown['id']}/geschiedenis").json()
        (line,) = history["resultaten"]
        assert (line["gebeurtenis"], line["door"], line["functie"]) == ("aan_balie", "balie", None)
    assert clerk2.get("/machtigen/api/v1/balie/registraties").json()["resultaten"] == []


def test_the_same_clerk_twice_is_refused(desk: Desk, clerk1: Person) -> None:
    identifier = desk.recorded(clerk1)
    assert code_of(clerk1.api(f"/balie/registraties/{identifier}/goedkeuren")) == (403, "same-clerk")
    assert code_of(clerk1.api(f"/balie/registraties/{identifier}/afkeuren")) == (403, "same-clerk")


def test_a_refused_paper_comes_to_nothing(desk: Desk, clerk1: Person, clerk2: Person) -> None:
    identifier = desk.recorded(clerk1)
    assert clerk2.api(f"/balie/registraties/{identifier}/afkeuren").json()["stand"] == "afgekeurd"
    assert code_of(clerk2.api(f"/balie/registraties/{identifier}/goedkeuren")) == (409, "not-waiting")
    noor = desk.site.log_in("noor")
    assert noor.get("/machtigen/api/v1/machtigingen").json()["resultaten"] == []


def test_what_waits_too_long_lapses(desk: Desk, clerk1: Person) -> None:
    identifier = desk.recorded(clerk1)
    desk.site.clock.forward(rules.WAITS_FOR)
    clerk2 = desk.clerk("clerk2")
    assert clerk2.get("/machtigen/api/v1/balie/registraties").json()["resultaten"] == []
    shown = clerk2.get(f"/machtigen/api/v1/balie/registraties/{identifier}").json()
    assert shown["stand"] == "vervallen"
    assert code_of(clerk2.api(f"/balie/registraties/{identifier}/goedkeuren")) == (409, "not-waiting")


@pytest.mark.parametrize("party", ["noor", "anja"])
def test_a_clerk_who_is_a_party_neither_records_nor_approves_nor_sees_it(
    desk: Desk, clerk1: Person, party: str
) -> None:
    involved = desk.clerk(party)
    own = involved.api("/balie/registraties", desk.paper(party))
    assert code_of(own) == (403, "conflict-of-interest")
    identifier = desk.recorded(clerk1)
    for decision in ("goedkeuren", "afkeuren"):
        answer = involved.api(f"/balie/registraties/{identifier}/{decision}")
        assert code_of(answer) == (403, "conflict-of-interest")
    assert involved.get(f"/machtigen/api/v1/balie/registraties/{identifier}").status_code == 404


@pytest.mark.parametrize(("one", "other"), [("noor", "clerk2"), ("clerk2", "anja")])
def test_a_clerk_who_represents_or_is_represented_by_a_party_is_refused(
    desk: Desk, clerk1: Person, one: str, other: str
) -> None:
    grantor, acceptor = desk.site.log_in(one), desk.site.log_in(other)
    body = digital()
    given = grantor.api("/machtigingen", body).json()
    assert acceptor.api("/codes/bevestigen", {"code": given["code"]}).status_code == 200
    clerk2 = desk.clerk("clerk2")
    identifier = desk.recorded(clerk1)
    answer = clerk2.api(f"/balie/registraties/{identifier}/goedkeuren")
    assert code_of(answer) == (403, "conflict-of-interest")
    involved = clerk2.api("/balie/registraties", desk.paper("clerk2"))
    assert code_of(involved) == (403, "conflict-of-interest")
    ended = grantor.api(f"/machtigingen/{given['id']}/intrekken")
    assert ended.status_code == 200
    assert clerk2.api(f"/balie/registraties/{identifier}/goedkeuren").status_code == 200


def test_who_is_no_clerk_or_logged_in_too_low_does_nothing(desk: Desk, clerk1: Person) -> None:
    stranger = desk.site.log_in("karim")
    assert code_of(stranger.api("/balie/registraties", desk.paper("karim"))) == (403, "not-a-clerk")
    assert stranger.get("/machtigen/api/v1/balie/registraties").status_code == 403
    low = desk.clerk("clerk3", Niveau.LAAG)
    assert code_of(low.api("/balie/registraties", desk.paper("clerk3"))) == (403, "level-too-low")
    assert desk.site.browser().get("/machtigen/api/v1/balie/registraties").status_code == 401
    without = Person(clerk1.browser, "wrong")
    assert without.api("/balie/registraties", desk.paper("clerk1")).status_code == 403


def test_a_clerk_who_stopped_is_none_any_more(desk: Desk, clerk1: Person) -> None:
    path = "/machtigen/api/v1/beheer/baliemedewerkers/einde"
    assert desk.site.as_operator(path, {"ticket": desk.ticket("clerk1", None)}).status_code == 200
    assert clerk1.get("/machtigen/api/v1/balie/registraties").status_code == 403
    assert desk.site.as_operator(path, {"ticket": desk.ticket("clerk1", None)}).status_code == 404


def test_only_the_operator_registers_clerks_with_a_ticket_for_that(desk: Desk) -> None:
    path = "/machtigen/api/v1/beheer/baliemedewerkers"
    body = {"ticket": desk.ticket("clerk1", None), "loket": "x"}
    assert desk.site.as_caller("rechten", desk.site.rechten, path, body).status_code == 403
    assert desk.site.as_operator(path, body).status_code == 201
    assert code_of(desk.site.as_operator(path, body)) == (409, "desk-ticket-refused")
    other = {"ticket": desk.ticket("clerk1", "clerk1"), "loket": "x"}
    assert code_of(desk.site.as_operator(path, other)) == (409, "desk-ticket-refused")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"scan": "not a hash"}, 422, "invalid-scan-hash"),
        ({"scan": SCAN + "00"}, 422, "invalid-scan-hash"),
        ({"geldig_tot": "2026-01-01"}, 422, "end-in-the-past"),
        ({"geldig_tot": "2039-01-01"}, 422, "period-too-long"),
        ({"diensten": []}, 422, "nothing-chosen"),
        ({"diensten": [HIGH]}, 403, "level-too-low"),
        ({"gelegitimeerd": False}, 403, "level-too-low"),
        ({"handelingen": ["betalen"]}, 422, "action-not-offered"),
        ({"naam": "Noor"}, 422, "invalid-input"),
    ],
)
def test_what_a_paper_cannot_give_is_refused_and_the_tickets_stay_good(
    desk: Desk, clerk1: Person, changes: dict[str, Any], status: int, code: str
) -> None:
    body = desk.paper("clerk1")
    assert code_of(clerk1.api("/balie/registraties", {**body, **changes})) == (status, code)
    assert clerk1.api("/balie/registraties", body).status_code == 201


def test_nobody_authorises_themself_at_the_desk(desk: Desk, clerk1: Person) -> None:
    body = desk.paper("clerk1", "noor", "noor")
    assert code_of(clerk1.api("/balie/registraties", body)) == (422, "same-person")


def test_what_stands_already_is_not_registered_again(desk: Desk, clerk1: Person, clerk2: Person) -> None:
    first, second = desk.recorded(clerk1), desk.recorded(clerk1)
    assert clerk2.api(f"/balie/registraties/{first}/goedkeuren").status_code == 200
    again = clerk2.api(f"/balie/registraties/{second}/goedkeuren")
    assert code_of(again) == (409, "already-authorised")
    shown = clerk2.get(f"/machtigen/api/v1/balie/registraties/{second}").json()
    assert shown["stand"] == "wachtend"


def test_a_repeated_request_gives_the_first_answer(desk: Desk, clerk1: Person, clerk2: Person) -> None:
    body = desk.paper("clerk1")
    answers = [clerk1.api("/balie/registraties", body, Idempotency_Key="k1") for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    path = f"/balie/registraties/{answers[0].json()['id']}/goedkeuren"
    approvals = [clerk2.api(path, Idempotency_Key="k2").json() for _ in range(2)]
    assert approvals[0] == approvals[1]
    assert approvals[0]["code"]


# -- tickets -----------------------------------------------------------------------------------------


def test_a_ticket_counts_once(desk: Desk, clerk1: Person) -> None:
    body = desk.paper("clerk1")
    assert clerk1.api("/balie/registraties", body).status_code == 201
    again = {
        **desk.paper("clerk1", "sem", "karim"),
        "ticket_vertegenwoordiger": body["ticket_vertegenwoordiger"],
    }
    assert code_of(clerk1.api("/balie/registraties", again)) == (409, "desk-ticket-refused")


ELSEWHERE = ActorKey(Domain.parse("oin:00000001003214345000:duo|doel:duo|v1"), 1, group().random_scalar())


@pytest.mark.parametrize(
    "changes",
    [
        {"sid": "sid-clerk2"},
        {"sid": None},
        {"aud": "http://127.0.0.1:8000/rechten"},
        {"iss": "http://127.0.0.1:8000/elders"},
        {"gebruik": "inzage"},
        {"gebruik": "medewerker"},
        {"jti": None},
        {"jti": "short"},
        {"exp": 1},
        {"exp": 4_000_000_000},
        {"loket": None},
        {"alt_sub": []},
        {"alt_sub": [{"sub": "x"}]},
        {"alt_sub": None},
        {"key": SigningKey.generate()},
        {"typ": "inzageticket+jwt"},
        {"domain_key": ELSEWHERE},
    ],
)
def test_whatever_is_wrong_with_a_ticket_is_answered_alike(
    desk: Desk, clerk1: Person, changes: dict[str, Any]
) -> None:
    wrong = desk.ticket("noor", "clerk1", **changes)
    answer = clerk1.api("/balie/registraties", {**desk.paper("clerk1"), "ticket_vertegenwoordigde": wrong})
    assert code_of(answer) == (409, "desk-ticket-refused")


@pytest.mark.parametrize("text", ["x", "a.b.c", "é", "." * 50])
def test_what_is_no_ticket_is_answered_alike_too(desk: Desk, clerk1: Person, text: str) -> None:
    answer = clerk1.api("/balie/registraties", {**desk.paper("clerk1"), "ticket_vertegenwoordigde": text})
    assert code_of(answer) == (409, "desk-ticket-refused")


# -- the represented person afterwards ---------------------------------------------------------------


def test_who_is_represented_can_contest_or_revoke_what_the_desk_recorded(desk: Desk) -> None:
    approved = desk.approved()
    noor = desk.site.log_in("noor")
    contested = noor.api(f"/machtigingen/{approved['machtiging']}/betwisten", {"reden": "niet van mij"})
    assert contested.json()["status"] == "betwist"
    assert desk.check(approved["code"]).json()["stand"] == "nu-niet"
    revoked = noor.api(f"/machtigingen/{approved['machtiging']}/intrekken")
    assert revoked.json()["status"] == "ingetrokken"
    assert desk.check(approved["code"]).json()["stand"] == "voorbij"


# -- helping who stands there ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status", "event"), [("noor", "ingetrokken", "ingetrokken"), ("anja", "opgezegd", "opgezegd")]
)
def test_either_side_ends_it_at_the_desk_and_both_are_told(
    desk: Desk, who: str, status: str, event: str
) -> None:
    machtiging = desk.approved()["machtiging"]
    clerk1 = desk.site.log_in("clerk1")
    desk.site.upkeep()
    body = {"machtiging": machtiging, "ticket": desk.ticket(who, "clerk1")}
    ended = clerk1.api("/balie/beeindigen", body)
    assert (ended.status_code, ended.json()["status"]) == (200, status)
    desk.site.upkeep()
    for name in ("noor", "anja"):
        person = desk.site.log_in(name)
        told = person.get("/machtigen/api/v1/berichten").json()["resultaten"]
        assert ("balie", event) in [(one["door"], one["soort"]) for one in told]
        lines = person.get(f"/machtigen/api/v1/machtigingen/{machtiging}/geschiedenis").json()["resultaten"]
        assert (lines[-1]["gebeurtenis"], lines[-1]["door"]) == (event, "balie")
    again = {"machtiging": machtiging, "ticket": desk.ticket(who, "clerk1")}
    assert code_of(clerk1.api("/balie/beeindigen", again)) == (409, "already-ended")


@pytest.mark.parametrize("verb", ["opzoeken", "beeindigen", "afdrukken"])
def test_a_machtiging_and_a_person_that_do_not_belong_together_are_answered_as_unknown(
    desk: Desk, verb: str
) -> None:
    machtiging = desk.approved()["machtiging"]
    clerk1 = desk.site.log_in("clerk1")
    answers = []
    for identifier, who in ((machtiging, "karim"), ("x" * 22, "noor"), ("\x00", "noor")):
        body = {"machtiging": identifier, "ticket": desk.ticket(who, "clerk1")}
        answers.append(clerk1.api(f"/balie/{verb}", body))
    assert {code_of(one) for one in answers} == {(404, "not-found")}
    assert len({one.json()["title"] for one in answers}) == 1
    found = clerk1.api("/balie/opzoeken", {"machtiging": machtiging, "ticket": desk.ticket("noor", "clerk1")})
    assert (found.status_code, found.json()["status"], found.json()["acties"]) == (200, "actief", [])


def test_a_clerk_helps_nobody_with_what_is_their_own(desk: Desk) -> None:
    machtiging = desk.approved()["machtiging"]
    anja = desk.clerk("anja")
    body = {"machtiging": machtiging, "ticket": desk.ticket("noor", "anja")}
    assert code_of(anja.api("/balie/beeindigen", body)) == (403, "conflict-of-interest")


def test_a_digital_machtiging_can_be_ended_at_the_desk_too(desk: Desk, clerk1: Person) -> None:
    noor, anja = desk.site.log_in("noor"), desk.site.log_in("anja")
    body = digital()
    given = noor.api("/machtigingen", body).json()
    anja.api("/codes/bevestigen", {"code": given["code"]})
    ended = clerk1.api(
        "/balie/beeindigen", {"machtiging": given["id"], "ticket": desk.ticket("noor", "clerk1")}
    )
    assert ended.json()["status"] == "ingetrokken"


# -- checking a print --------------------------------------------------------------------------------


def test_who_holds_the_print_learns_what_it_gives_and_no_more(desk: Desk) -> None:
    approved = desk.approved()
    answer = desk.check(approved["code"])
    assert answer.json() == {
        "stand": "geldig",
        "diensten": [AANVULLENDE_BEURS],
        "handelingen": ["informatie_opvragen"],
        "geldig_van": "2026-11-24T10:00:00Z",
        "geldig_tot": "2027-06-01T22:00:00Z",
    }
    desk.site.clock.forward(timedelta(days=300))
    assert desk.check(approved["code"].lower().replace("-", " ")).json()["stand"] == "voorbij"


def test_wrong_unknown_and_cancelled_codes_are_one_answer(desk: Desk) -> None:
    approved = desk.approved()
    clerk1 = desk.site.log_in("clerk1")
    body = {"machtiging": approved["machtiging"], "ticket": desk.ticket("noor", "clerk1")}
    again = clerk1.api("/balie/afdrukken", body).json()
    assert desk.check(again["code"]).json()["stand"] == "geldig"
    unknown = codes.show(codes.new_code())
    asked = codes.new_code()
    answers = [desk.check(code) for code in (approved["code"], unknown, "wrong", "", asked[:-1] + "A")]
    bodies = [{k: v for k, v in one.json().items() if k not in {"instance", "trace_id"}} for one in answers]
    assert {one.status_code for one in answers} == {404}
    assert all(one == bodies[0] for one in bodies)


def test_a_code_of_a_request_is_no_code_of_a_print(desk: Desk) -> None:
    noor = desk.site.log_in("noor")
    body = digital()
    given = noor.api("/machtigingen", body).json()
    assert desk.check(given["code"]).status_code == 404
    approved = desk.approved(one="sem", other="karim")
    assert desk.site.log_in("lisa").api("/codes/inzien", {"code": approved["code"]}).status_code == 404


def test_guessing_codes_is_throttled_by_origin_and_forgotten_in_an_hour(desk: Desk) -> None:
    approved = desk.approved()
    for _ in range(rules.PER_ORIGIN):
        assert desk.check(codes.new_code()).status_code == 404
    assert code_of(desk.check(approved["code"])) == (429, "too-many-attempts")
    desk.site.clock.forward(timedelta(hours=1, seconds=1))
    assert desk.check(approved["code"]).status_code == 200
    desk.site.upkeep()
    with desk.site.app.state.database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM controlepoging")).scalar_one() == 0


# -- what is kept ------------------------------------------------------------------------------------


def test_both_clerks_stand_in_the_journal_and_nowhere_that_a_party_sees(desk: Desk) -> None:
    machtiging = desk.approved()["machtiging"]
    rows = desk.site.app.state.database.engine.connect()
    with rows as connection:
        found = connection.execute(
            sa.text("SELECT soort, medewerker, loket FROM balie_handeling ORDER BY volgnummer")
        ).all()
    assert [tuple(row) for row in found] == [
        ("registreren", desk.party("clerk1"), "gemeente-groningen"),
        ("goedkeuren", desk.party("clerk2"), "gemeente-groningen"),
    ]
    noor = desk.site.log_in("noor")
    seen = [
        noor.get(f"/machtigen/api/v1/machtigingen/{machtiging}").text,
        noor.get(f"/machtigen/api/v1/machtigingen/{machtiging}/geschiedenis").text,
        noor.get(f"/machtigen/{machtiging}").text,
        noor.get("/machtigen/berichten").text,
    ]
    clerks = [desk.party("clerk1"), desk.party("clerk2")]
    assert not [one for one in clerks for text in seen if one in text]


def test_codes_and_scans_are_kept_as_hashes_only(desk: Desk) -> None:
    approved = desk.approved()
    code = codes.read(approved["code"])
    assert code is not None
    with desk.site.app.state.database.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        kept = [str(row) for one in tables for row in connection.execute(sa.text(f'SELECT * FROM "{one}"'))]  # noqa: S608 - own tables
    assert not [row for row in kept if code in row or approved["code"] in row]
    assert [row for row in kept if SCAN in row]
    log = desk.site.log_file.read_text()
    assert approved["code"] not in log
    assert SCAN not in log


# -- pages -------------------------------------------------------------------------------------------


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def test_two_clerks_do_it_all_on_pages_without_javascript(desk: Desk, clerk1: Person, clerk2: Person) -> None:
    front = clerk1.get("/machtigen/balie").text
    assert "/identiteit/balie/registratie" in front
    assert "/identiteit/balie/einde" in front
    tickets = {
        "ticket_vertegenwoordigde": desk.ticket("noor", "clerk1"),
        "ticket_vertegenwoordiger": desk.ticket("anja", "clerk1"),
    }
    paper = clerk1.browser.post("/machtigen/balie/registratie", data=tickets)
    assert paper.status_code == 200
    carried = {name: hidden(paper.text, name) for name in tickets}
    searched = clerk1.form("/machtigen/balie/papier", **carried, zoek="studentenreis", zoeken="ja")
    assert "Studentenreisproduct" in searched.text
    assert "Aanvullende beurs" not in searched.text
    filled = {**carried, "dienst": AANVULLENDE_BEURS, "handeling": "informatie_opvragen", "tot": "2027-06-01"}
    wrong = clerk1.form("/machtigen/balie/papier", **filled, scan="x", gelegitimeerd="ja")
    assert (wrong.status_code, "SHA-256: 64 tekens" in wrong.text) == (422, True)
    assert clerk1.form("/machtigen/balie/papier", **{**filled, "tot": "morgen"}).status_code == 422
    done = clerk1.form("/machtigen/balie/papier", **filled, scan=SCAN, gelegitimeerd="ja")
    assert done.status_code == 303
    own = clerk1.get(done.headers["location"]).text
    assert "Een andere medewerker beoordeelt het." in own
    assert "goedkeuren" not in own
    place = done.headers["location"].partition("?")[0]
    assert place in clerk2.get("/machtigen/balie").text
    judged = clerk2.get(place).text
    assert judged.count("/identiteit/weergave?ticket=") == 2
    printed = clerk2.form(f"{place}/goedkeuren")
    assert printed.status_code == 200
    assert printed.headers["cache-control"] == "no-store"
    found = re.search(r'class="code-tekst">([^<]+)<', printed.text)
    assert found is not None
    assert "/machtigen/controle" in printed.text
    holder = desk.site.browser()
    assert "Vul de code in" in holder.get("/machtigen/controle").text
    checked = holder.post("/machtigen/controle", data={"code": found.group(1)})
    assert "Deze machtiging geldt." in checked.text
    assert "Aanvullende beurs aanvragen" in checked.text
    unknown = holder.post("/machtigen/controle", data={"code": "onzin"})
    assert (unknown.status_code, "Wij kennen deze code niet." in unknown.text) == (404, True)
    assert "Recorded at the desk" in desk.site.log_in("noor").get(
        f"/machtigen/{hidden_id(printed.text)}?taal=en"
    ).text  # fmt: skip


def hidden_id(page: str) -> str:
    found = re.search(r"<code>([A-Za-z0-9_-]{22})</code>", page)
    assert found is not None
    return found.group(1)


def test_a_second_clerk_may_refuse_on_the_page(desk: Desk, clerk1: Person, clerk2: Person) -> None:
    place = f"/machtigen/balie/registraties/{desk.recorded(clerk1)}"
    back = clerk2.form(f"{place}/afkeuren")
    assert back.headers["location"] == f"{place}?gedaan=afgekeurd"
    assert "Afgekeurd. Er is geen machtiging." in clerk2.get(back.headers["location"]).text
    assert clerk2.form(f"{place}/onzin").status_code == 404
    assert clerk2.browser.post(f"{place}/goedkeuren", data={}).status_code == 403


def test_ending_and_printing_again_on_the_page(desk: Desk) -> None:
    machtiging = desk.approved()["machtiging"]
    clerk1 = desk.site.log_in("clerk1")

    def helped(who: str, doen: str, kenmerk: str = machtiging) -> Any:
        page = clerk1.browser.post(
            "/machtigen/balie/einde", data={"ticket_partij": desk.ticket(who, "clerk1")}
        ).text
        carried = {"ticket_partij": hidden(page, "ticket_partij"), "machtiging": kenmerk, "doen": doen}
        return clerk1.form("/machtigen/balie/hulp", **carried)

    assert "De code op de vorige afdruk telt niet meer." in helped("anja", "afdrukken").text
    unknown = helped("karim", "beeindigen")
    assert (unknown.status_code, "hoort niet bij een machtiging" in unknown.text) == (404, True)
    assert "Deze machtiging is voorbij" in helped("noor", "beeindigen").text


def test_pages_of_the_desk_are_for_clerks(desk: Desk) -> None:
    visitor = desk.site.browser()
    assert visitor.get("/machtigen/balie").headers["location"].startswith("/machtigen/inloggen")
    stranger = desk.site.log_in("karim")
    assert stranger.get("/machtigen/balie").status_code == 403
    assert stranger.browser.post("/machtigen/balie/registratie", data={}).status_code == 403
    assert stranger.browser.post("/machtigen/balie/einde", data={}).status_code == 403


# -- the operator's command --------------------------------------------------------------------------


def command(desk: Desk, monkeypatch: pytest.MonkeyPatch, ticket: str, *options: str) -> tuple[int, str]:
    monkeypatch.setattr("machtigen.__main__._app", lambda: desk.site.app)
    ended = CliRunner().invoke(cli, ["baliemedewerker", *options], input=f"{ticket}\n")
    return ended.exit_code, ended.output.strip()


def test_the_operator_registers_and_ends_a_clerk_by_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = desk.site.log_in("clerk1")
    path = "/machtigen/api/v1/balie/registraties"
    first = desk.ticket("clerk1", None)
    assert command(desk, monkeypatch, first, "--loket", "gemeente") == (0, "machtigen: done")
    assert clerk.get(path).status_code == 200
    refused = "machtigen: the ticket does not count, or there is no such clerk"
    assert command(desk, monkeypatch, first, "--loket", "gemeente") == (1, refused)
    assert command(desk, monkeypatch, desk.ticket("clerk1", None), "--einde") == (0, "machtigen: done")
    assert clerk.get(path).status_code == 403
    assert command(desk, monkeypatch, desk.ticket("clerk1", None), "--einde") == (1, refused)
    assert command(desk, monkeypatch, "x")[0] == 2


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_second_clerks_at_once_one_approves(desk: Desk, clerk1: Person, clerk2: Person) -> None:
    """And of one ticket used twice at once, one use counts."""
    clerk3, identifier = desk.clerk("clerk3"), desk.recorded(clerk1)
    held = "SELECT 1 FROM balie_registratie WHERE id = :id FOR UPDATE"
    path = f"/balie/registraties/{identifier}/goedkeuren"
    database = desk.site.app.state.database
    outcome = races.at_once(
        database, held, {"id": identifier}, lambda: clerk2.api(path), lambda: clerk3.api(path)
    )
    answers = [one for one in outcome if not isinstance(one, Exception)]
    assert sorted(one.status_code for one in answers) == [200, 409]
    noor = desk.site.log_in("noor")
    assert len(noor.get("/machtigen/api/v1/machtigingen").json()["resultaten"]) == 1
