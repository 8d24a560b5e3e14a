"""Attack: a request that another site makes the browser send. Nothing changes."""

from __future__ import annotations

import pytest

from tests.machtigen.house import House
from tests.machtigen.test_machtigingen_api import accepted, body, grant


@pytest.mark.parametrize("given", [None, "", "wrong", "x" * 43])
def test_a_json_write_without_the_pages_token_is_refused(site: House, given: str | None) -> None:
    noor, _, machtiging = accepted(site)
    headers = {} if given is None else {"X-CSRF-Token": given}
    for path, sent in (
        ("/machtigingen", body()),
        ("/verzoeken", body()),
        ("/codes/inzien", {"code": "x"}),
        ("/codes/bevestigen", {"code": "x"}),
        ("/codes/weigeren", {"code": "x"}),
        (f"/machtigingen/{machtiging['id']}/intrekken", None),
        (f"/machtigingen/{machtiging['id']}/opzeggen", None),
        ("/berichten/gelezen", None),
    ):
        answer = noor.browser.post(f"/machtigen/api/v1{path}", json=sent, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf-rejected")
    assert len(noor.get("/machtigen/api/v1/machtigingen").json()["resultaten"]) == 1
    assert noor.get(f"/machtigen/api/v1/machtigingen/{machtiging['id']}").json()["status"] == "actief"


def test_a_form_without_the_pages_token_is_refused(site: House) -> None:
    noor, anja, machtiging = accepted(site)
    issued = grant(noor, handelingen=["zaken_regelen"])
    for person, path, values in (
        (noor, f"/machtigen/{machtiging['id']}/intrekken", {}),
        (anja, f"/machtigen/{machtiging['id']}/opzeggen", {}),
        (anja, "/machtigen/code/bevestigen", {"code": issued["code"]}),
        (anja, "/machtigen/code/weigeren", {"code": issued["code"]}),
        (anja, "/machtigen/code", {"code": issued["code"]}),
        (noor, "/machtigen/nieuw", {"dienst": "x", "handeling": "y", "tot": "2027-01-01"}),
        (noor, "/machtigen/berichten", {}),
        (noor, "/machtigen/uitloggen", {}),
    ):
        for token in (
            {},
            {"csrf_token": "wrong"},
            {"csrf_token": anja.csrf if person is noor else noor.csrf},
        ):
            answer = person.browser.post(path, data={**values, **token})
            assert answer.status_code == 403
    assert noor.get(f"/machtigen/api/v1/machtigingen/{machtiging['id']}").json()["status"] == "actief"
    assert noor.get(f"/machtigen/api/v1/machtigingen/{issued['id']}").json()["status"] == "aangevraagd"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_of_other_paths(site: House) -> None:
    noor = site.log_in("noor")
    found = [cookie for cookie in noor.browser.cookies.jar if cookie.name == "machtigen_sessie"]
    assert [(cookie.path, cookie.has_nonstandard_attr("HttpOnly")) for cookie in found] == [
        ("/machtigen", True)
    ]
