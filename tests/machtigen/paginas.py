"""What the tests of pages share: ids, powers by law, what stands on a page."""

from __future__ import annotations

import re
from html import unescape

from machtigen.diensten.model import Grond, Niveau
from machtigen.machtigingen.wettelijk import Spiegeling
from machtigen.partijen.model import PartijId
from tests.machtigen.house import House, Person
from tests.machtigen.world import AANVULLENDE_BEURS, NOW, REISPRODUCT

BOTH = [AANVULLENDE_BEURS, REISPRODUCT]


def partij(site: House, name: str) -> PartijId:
    """The party of someone who logged in."""
    return site.services.partijen.admit(site.login.people[name], NOW)


def given(site: House, niveau: Niveau = Niveau.SUBSTANTIEEL, **more: object) -> tuple[Person, Person, str]:
    """Noor to Anja for two services, accepted; both people, and its address. `niveau`: of Noor."""
    giver, taker = site.log_in("noor", niveau), site.log_in("anja")
    body = {
        "diensten": BOTH,
        "handelingen": ["informatie_opvragen", "zaken_regelen"],
        "geldig_tot": "2027-09-01T00:00:00+02:00",
        **more,
    }
    issued = giver.api("/machtigingen", body)
    assert issued.status_code == 201, issued.text
    assert taker.api("/codes/bevestigen", {"code": issued.json()["code"]}).status_code == 200
    return giver, taker, f"/machtigen/{issued.json()['id']}"


def mirrored(
    site: House, grond: Grond = Grond.GEZAG, kind: str = "sem", ouder: str = "karim", bron: str = "brp"
) -> tuple[Person, Person, str]:
    """A power by law from a source; both people, and its address."""
    represented, representative = site.log_in(kind), site.log_in(ouder)
    said = Spiegeling(partij(site, kind), partij(site, ouder), grond, bron, NOW)
    rooms = site.services.machtigingen
    made = site.app.state.database.write(lambda session: rooms.mirror(session, said, site.clock.now()))
    return represented, representative, f"/machtigen/{made.id}"


def passed_on(site: House) -> tuple[Person, Person, Person, str, str]:
    """Noor to Anja, Anja to Lisa: the three, and the addresses of both links."""
    noor, anja, above = given(site, doormachtigen=1)
    lisa = site.log_in("lisa")
    issued = anja.api(f"/machtigingen/{above.rsplit('/', 1)[1]}/doormachtigen", {})
    assert issued.status_code == 200, issued.text
    assert lisa.api("/codes/bevestigen", {"code": issued.json()["code"]}).status_code == 200
    return noor, anja, lisa, above, f"/machtigen/{issued.json()['id']}"


def wire(person: Person, path: str) -> dict[str, object]:
    """The machtiging as its party reads it over JSON."""
    found: dict[str, object] = person.get(f"/machtigen/api/v1/machtigingen/{path.rsplit('/', 1)[1]}").json()
    return found


def hidden(text: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', text)
    assert found is not None, f"no hidden field {name}"
    return unescape(found.group(1))


def names_on(text: str) -> int:
    """How many names a page shows, each in a frame of its own."""
    frames = re.findall(r'<iframe[^>]* src="([^"]+)"', text)
    assert len(frames) == len(set(frames)), "a ticket is good for one frame"
    return len(frames)
