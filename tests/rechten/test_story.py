"""The thin line: create registers, deliver records with a ticket, read with a token, inspect, on a page."""

from __future__ import annotations

from tests.rechten.wereld import DOEL, Wereld


def test_a_representative_reads_and_the_represented_person_sees_it(wereld: Wereld) -> None:
    answer = wereld.read()
    assert answer.status_code == 200
    body = answer.json()
    assert body["categorieen"]["toekenning"][0]["waarde"] == {"bedrag_per_maand": 419}
    assert body["geweigerd"] == [{"categorie": "inkomen-ouders", "reden": "category-not-granted"}]
    look = wereld.inspect("noor").json()
    assert [record["waarde"] for record in look["gegevens"]] == [{"bedrag_per_maand": 419}]
    use = next(one for one in look["gebruik"] if one["rol"] == "verstrekking")
    assert use["wie"]["naam"]["nl"] == "Register studiefinanciering"
    assert use["door"] == {
        "soort": "vertegenwoordiger",
        "machtiging": "mp_7Qd2nR9sKf0",
        "audience": "https://api.duo.test/studiefinanciering",
    }
    assert (use["doel"]["id"], use["categorieen"]) == (DOEL, ["toekenning"])
    assert use["doel"]["wettelijke_grondslag"] == ["Wet studiefinanciering 2000, artikel 3.1"]


def test_the_page_shows_all_registers_to_the_logged_in_person(wereld: Wereld) -> None:
    wereld.read()
    assert wereld.client.get("/rechten/inzage").status_code == 303
    back = wereld.log_in()
    assert (back.status_code, back.headers["location"]) == (303, "/rechten/inzage")
    page = wereld.client.get("/rechten/inzage")
    assert page.status_code == 200
    for text in (
        "Gegevens verstrekt",
        "Register studiefinanciering",
        "Aanvullende beurs",
        "Bedrag per maand",
        "iframe",
    ):
        assert text in page.text
    uses = wereld.client.get("/rechten/api/v1/inzage/gebruik").json()
    assert uses["onbereikbaar"] == []
    assert {one["register"] for one in uses["registers"]} == {"studiefinanciering", "diplomaregister"}
    records = wereld.client.get("/rechten/api/v1/inzage/gegevens").json()
    assert records["registers"][0]["gegevens"][0]["bron"] == "DUO"
