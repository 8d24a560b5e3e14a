"""The front page with its groups and filters, looking up, notices, use, and powers by law."""

from __future__ import annotations

import re

import pytest

from machtigen.diensten.model import Grond, Handeling
from machtigen.gebruik.model import Gebruik
from machtigen.machtigingen.model import Gebeurtenis, Regel, Rol
from machtigen.web.teksten import BERICHTEN, REDENEN, reason_text
from tests.machtigen.house import House
from tests.machtigen.paginas import given, hidden, mirrored, names_on, partij, passed_on
from tests.machtigen.world import AANVULLENDE_BEURS, DAY, NOT_DELEGABLE, ONLY_GEZAG, ONLY_READING

pytestmark = pytest.mark.slow


def test_every_kind_of_notice_has_words_for_both_roles() -> None:
    assert set(BERICHTEN) == {(kind, rol) for kind in Gebeurtenis for rol in Rol}


def test_a_reason_that_is_not_known_is_still_told() -> None:
    assert reason_text(None) is None
    assert reason_text("parent-ended") == REDENEN["parent-ended"]
    assert reason_text("something-new") == "Door de wet, of door iets wat is gebeurd."


def test_filters_are_links_that_show_a_part(site: House) -> None:
    noor, anja, path = given(site)
    noor.api("/machtigingen", {
        "diensten": [ONLY_READING], "handelingen": ["informatie_opvragen"], "geldig_tot": "2027-01-01",
    })  # fmt: skip
    everything = noor.get("/machtigen/").text
    assert everything.count('<li class="kaart">') == 2
    assert 'href="/machtigen/?rol=voor-mij&amp;status="' in everything
    assert noor.get("/machtigen/?status=wacht").text.count('<li class="kaart">') == 1
    running = noor.get("/machtigen/?rol=voor-mij&status=lopend").text
    assert f'href="{path}"' in running
    assert "Voor wie mag ik handelen</h2>" not in running
    assert running.count('aria-current="true"') == 3  # both filters, and the language
    assert "Hier is niets dat bij uw keuze past." in anja.get("/machtigen/?status=stil").text
    noor.form(f"{path}/intrekken")
    assert f'href="{path}"' in noor.get("/machtigen/?status=voorbij").text
    assert f'href="{path}"' in noor.get("/machtigen/").text
    assert noor.get("/machtigen/?rol=x&status=y&na=x").status_code == 200
    assert noor.get("/machtigen/?in_groep=voor-mij&na=x").status_code == 422


def test_a_long_group_goes_on_at_the_next_page(site: House) -> None:
    noor = site.log_in("noor")
    body = {"diensten": [ONLY_READING], "handelingen": ["informatie_opvragen"], "geldig_tot": "2027-01-01"}
    for each in range(26):
        assert noor.api("/machtigingen", body | {"label": f"aanvraag {each}"}).status_code == 201
    page = noor.get("/machtigen/").text
    (link,) = re.findall(r'href="([^"]+)" rel="next"', page)
    assert noor.get(link.replace("&amp;", "&")).text.count('<li class="kaart">') == 1


def test_powers_by_law_stand_in_a_group_of_their_own_with_their_source(site: House) -> None:
    sem, karim, path = mirrored(site)
    for person, title in (
        (sem, "Iemand handelt voor u, volgens de wet"),
        (karim, "U handelt voor iemand, volgens de wet"),
    ):
        overview = person.get("/machtigen/").text
        assert '<h2 id="wet">Volgens de wet</h2>' in overview
        assert "Ouderlijk gezag" in overview
        assert "U hebt nog niemand gemachtigd." in overview
        page = person.get(path).text
        for text in (title, "Basisregistratie Personen", "Alle diensten die dit accepteren", "Bevestigd tot"):
            assert text in page
    assert '<h2 id="wet">' not in site.log_in("noor").get("/machtigen/").text
    site.upkeep()
    assert "U mag volgens de wet voor iemand handelen" in karim.get("/machtigen/berichten").text


def test_a_source_that_is_late_is_told(site: House) -> None:
    _, _, path = mirrored(site, bron="een-bron")
    site.clock.forward(2 * DAY)
    page = site.log_in("karim").get(path).text
    assert "De bron heeft dit niet op tijd bevestigd." in page
    assert "een-bron" in page


def test_why_a_power_by_law_ended_is_told_in_words(site: House) -> None:
    sem, karim, path = mirrored(site)
    rooms, now = site.services.machtigingen, site.clock.now()
    child, parent = partij(site, "sem"), partij(site, "karim")
    site.app.state.database.write(
        lambda session: rooms.end_by_law(session, child, parent, Grond.GEZAG, "meerderjarig", now)
    )
    site.upkeep()
    assert "De vertegenwoordigde is 18 jaar geworden." in sem.get(path).text
    assert "De vertegenwoordigde is 18 jaar geworden." in karim.get("/machtigen/berichten").text


def test_the_offer_at_eighteen_leads_to_a_machtiging(site: House) -> None:
    sem, karim, path = mirrored(site)
    rooms, database, now = site.services.machtigingen, site.app.state.database, site.clock.now()
    machtiging = rooms.find(path.rsplit("/", 1)[1])
    assert machtiging is not None
    database.write(
        lambda session: rooms.notify(session, machtiging, Regel(now, Gebeurtenis.AANBOD, "stelsel"))
    )
    site.upkeep()
    own, parent = sem.get("/machtigen/berichten").text, karim.get("/machtigen/berichten").text
    assert "U bent nu 18 en regelt uw zaken zelf" in own
    assert '<a class="knop knop-tweede" href="/machtigen/nieuw">' in own
    assert '<a class="knop knop-tweede" href="/machtigen/verzoek">' in parent


# -- looking up --------------------------------------------------------------------------------------


def test_for_whom_may_i_act_at_a_service_and_why_not(site: House) -> None:
    noor, anja, path = given(site)
    start = anja.get("/machtigen/voor-wie?zoek=diploma").text
    assert "Diensten uit uw machtigingen" in start
    assert f'href="/machtigen/voor-wie?dienst={ONLY_READING}"' in start
    can = anja.get(f"/machtigen/voor-wie?dienst={AANVULLENDE_BEURS}").text
    assert "U mag: informatie opvragen, zaken regelen." in can
    assert names_on(can) == 1
    other = anja.get(f"/machtigen/voor-wie?dienst={ONLY_READING}").text
    assert "U mag bij deze dienst nu voor niemand handelen." in other
    assert names_on(other) == 0
    noor.form(f"{path}/pauzeren")
    paused = anja.get(f"/machtigen/voor-wie?dienst={AANVULLENDE_BEURS}").text
    assert "De machtiging is gepauzeerd." in paused
    assert (
        "Bij deze dienst mag niemand voor een ander handelen."
        in anja.get(f"/machtigen/voor-wie?dienst={NOT_DELEGABLE}").text
    )
    assert "Een dienst zoeken" in anja.get("/machtigen/voor-wie?dienst=onbekend").text


def test_who_may_act_for_me_service_by_service(site: House) -> None:
    noor, _, _, path, _ = passed_on(site)
    page = noor.get("/machtigen/wie-voor-mij").text
    assert names_on(page) == 6  # two services: Anja; Lisa, by way of Anja
    assert page.count(f'action="{path}/diensten/stoppen"') == 2
    assert "U hebt niemand gemachtigd." in site.log_in("fatima").get("/machtigen/wie-voor-mij").text
    sem, karim, _ = mirrored(site)
    assert "Dit geldt bij elke dienst die het accepteert." in sem.get("/machtigen/wie-voor-mij").text
    assert "Ouderlijk gezag" in karim.get(f"/machtigen/voor-wie?dienst={ONLY_GEZAG}").text


def test_looking_up_asks_to_log_in(site: House) -> None:
    for path in ("/machtigen/voor-wie", "/machtigen/wie-voor-mij"):
        assert site.browser().get(path).headers["location"].startswith("/machtigen/inloggen?")


# -- use ---------------------------------------------------------------------------------------------


def used(site: House, machtiging: str, wie: str, number: int) -> None:
    line = Gebruik(
        jti=f"jti-{number}", op=site.clock.now(), persoon=partij(site, wie),
        vertegenwoordigde=partij(site, "noor"), machtiging=machtiging, identifier=f"id-{number}",
        sector="oin:1:duo", client_id="duo", dienst=AANVULLENDE_BEURS,
        handelingen=(Handeling.INFORMATIE_OPVRAGEN,), doelen=("studie-schuld",), functie="medewerker",
    )  # fmt: skip
    site.app.state.database.write(lambda session: site.services.gebruiken.record(session, line))


def test_both_sides_see_the_use_and_page_through_it(site: House) -> None:
    noor, anja, path = given(site)
    assert "Hier is nog geen gebruik van gemaakt." in noor.get(path).text
    for number in range(21):
        used(site, path.rsplit("/", 1)[1], "anja", number)
    for person, who in ((noor, "degene die handelt"), (anja, "u")):
        page = person.get(path).text
        assert f"door {who} (medewerker)" in page
        assert "studie schuld" in page
        assert page.count("(medewerker)") == 20
        (older,) = re.findall(r'href="([^"]+gebruik_na=[^"]+)"', page)
        assert person.get(older).text.count("(medewerker)") == 1
    assert noor.get(f"{path}?gebruik_na=x").status_code == 422


def test_a_reminder_for_what_has_ended_offers_no_renewal(site: House) -> None:
    noor, _, path = given(site)
    site.clock.forward(260 * DAY)
    site.upkeep()
    noor = site.log_in("noor")
    assert hidden(noor.get("/machtigen/berichten").text, "tot") == "2028-08-30"
    noor.form(f"{path}/intrekken")
    assert "Stel een jaar langer voor" not in noor.get("/machtigen/berichten").text
