from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from machtigen.verifier import Vertegenwoordiging
from machtigen.verifier.fastapi import install, representation
from tests.verifier.issuer import Issuer


@pytest.fixture
def service(issuer: Issuer) -> TestClient:
    app = FastAPI()
    install(app)
    require = representation(issuer.verifier())

    @app.get("/aanvragen")
    def list_aanvragen(wie: Annotated[Vertegenwoordiging, Depends(require)]) -> dict[str, str]:
        return {"voor": wie.vertegenwoordigde.sub}

    return TestClient(app)


def test_a_good_token_reaches_the_route(service: TestClient, issuer: Issuer) -> None:
    answer = service.get("/aanvragen", headers={"Authorization": f"Bearer {issuer.token()}"})
    assert answer.json() == {"voor": "4Yg8u72NxRkP0s3vJ1hLdQ"}


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Basic abc", "abc"])
def test_no_token_is_asked_for_one(service: TestClient, header: str | None) -> None:
    answer = service.get("/aanvragen", headers={"Authorization": header} if header is not None else {})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_token_in_the_address_is_not_read(service: TestClient, issuer: Issuer) -> None:
    assert service.get("/aanvragen", params={"access_token": issuer.token()}).status_code == 401


def test_a_refused_token_is_401_and_says_no_more(service: TestClient, issuer: Issuer) -> None:
    issuer.revoked = {7318}
    answer = service.get("/aanvragen", headers={"Authorization": f"Bearer {issuer.token()}"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid-evidence"
    assert "revoked" not in answer.text


def test_an_outage_is_503_and_not_a_refusal(service: TestClient, issuer: Issuer) -> None:
    issuer.broken = {"keys"}
    answer = service.get("/aanvragen", headers={"Authorization": f"Bearer {issuer.token()}"})
    assert (answer.status_code, answer.json()["code"]) == (503, "could-not-check")
    assert answer.headers["retry-after"] == "5"
