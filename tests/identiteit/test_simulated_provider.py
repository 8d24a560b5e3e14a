"""The simulated login provider believes everybody, and so does not exist in production."""

from __future__ import annotations

from pathlib import Path

import pytest

from identiteit.app import create_app
from identiteit.errors import LoginRefused
from identiteit.inloggen.model import Niveau
from identiteit.inloggen.providers import Bewezen
from identiteit.inloggen.providers.simulated import RefusedInProduction, SimulatedProvider
from identiteit.settings import Settings
from keys.kernel.database import migrate
from keys.kernel.jws.keyfile import KeyFileRefused
from tests.identiteit.house import House

PEOPLE = {"noor": "id-of-noor"}


def test_it_refuses_to_be_made_in_production() -> None:
    with pytest.raises(RefusedInProduction):
        SimulatedProvider(PEOPLE.get, production=True)


def test_settings_refuse_it_in_production(house: House) -> None:
    https = {
        name: f"https://{name}.test/{path}".rstrip("/")
        for name, path in (("public_url", ""), ("machtigen_url", "machtigen"), ("rechten_url", "rechten"))
    }
    https |= {name: f"https://keys.test/{name}" for name in ("keys_url", "t1_url", "t2_url")}
    with pytest.raises(ValueError, match="simulated login provider is refused"):
        house.settings(omgeving="productie", **https)


def test_even_past_the_settings_the_app_does_not_start_in_production(house: House, tmp_path: Path) -> None:
    values = house.settings(
        database_url=f"sqlite:///{tmp_path}/x.db",
        sleutels_map=house.folder / "identiteit",
        log_file=None,
    ).model_dump()
    migrate(values["database_url"], "identiteit")
    sneaky = Settings.model_construct(**{**values, "omgeving": "productie"})
    with pytest.raises(RefusedInProduction):
        create_app(sneaky)


def test_in_production_keys_are_not_made_by_themselves(house: House, tmp_path: Path) -> None:
    values = house.settings(
        database_url=f"sqlite:///{tmp_path}/x.db",
        sleutels_map=tmp_path / "none",
        log_file=None,
    ).model_dump()
    migrate(values["database_url"], "identiteit")
    with pytest.raises(KeyFileRefused, match="is missing"):
        create_app(Settings.model_construct(**{**values, "omgeving": "productie"}))
    assert not (tmp_path / "none").exists()


def test_it_proves_who_one_says_one_is_at_the_level_one_says() -> None:
    provider = SimulatedProvider(PEOPLE.get, production=False)
    for niveau in Niveau:
        form = {"persoon": "noor", "niveau": niveau.value}
        assert provider.prove(form) == Bewezen("id-of-noor", niveau)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"persoon": "noor"},
        {"niveau": "hoog"},
        {"persoon": "x", "niveau": "hoog"},
        {"persoon": "id-of-noor", "niveau": "hoog"},
        {"persoon": "noor", "niveau": "HOOG"},
        {"persoon": "noor", "niveau": ""},
        {"persoon": "noor\x00", "niveau": "hoog"},
    ],
)
def test_who_or_what_it_does_not_know_it_refuses(form: dict[str, str]) -> None:
    with pytest.raises(LoginRefused):
        SimulatedProvider(PEOPLE.get, production=False).prove(form)


def test_the_page_says_that_this_is_no_real_log_in(house: House) -> None:
    visitor = house.browser()
    page = visitor.get(visitor.get("/identiteit/inloggen").headers["location"]).text
    assert "Dit is een proefomgeving" in page
