"""In production nothing migrates by itself: neither the package's database, nor that of a register."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from keys.kernel.database import MigrationsWait, pending
from rechten.__main__ import _migrate
from rechten.app import REGISTER_MIGRATIONS, create_app
from rechten.settings import Settings
from tests.rechten.wereld import HOUSE, Wereld


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation with two registers, in production."""
    made = Wereld(tmp_path / "productie").furnish()
    made.close()
    return made.settings().model_copy(update={"omgeving": "productie"})


def test_a_start_with_a_register_that_waits_is_refused(settings: Settings) -> None:
    url = settings.database_of("diplomaregister")
    Path(url.removeprefix("sqlite:///")).unlink()
    with pytest.raises(MigrationsWait):
        create_app(settings)
    assert pending(url, "rechten", REGISTER_MIGRATIONS)
    _migrate(settings)
    assert not pending(url, "rechten", REGISTER_MIGRATIONS)


def test_a_new_register_answers_after_an_operator_migrated_its_database(
    settings: Settings, wereld: Wereld
) -> None:
    app = create_app(settings, httpx2.MockTransport(lambda _request: httpx2.Response(404, json={})))
    with TestClient(app, base_url=HOUSE) as client:
        body = wereld.register_body("nieuw", ["toekenning"])
        created = client.post(
            "/rechten/api/v1/beheer/registers", json=body, headers=wereld.signed("beheer", "beheer")
        )
        assert (created.status_code, len(created.json()["jwks"]["keys"])) == (201, 1)
        app.state.upkeep()
        path = "/rechten/api/v1/registers/nieuw/gegevens?doel=x"
        answer = client.get(path, headers={"Authorization": "Bearer abc"})
        assert (answer.status_code, answer.json()["code"]) == (503, "register-not-ready")
        assert client.get("/rechten/ready").status_code == 503
        assert pending(settings.database_of("nieuw"), "rechten", REGISTER_MIGRATIONS)
        _migrate(settings)
        answer = client.get(path, headers={"Authorization": "Bearer abc"})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")
