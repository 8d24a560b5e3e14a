import concurrent.futures
import contextlib

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from keys.kernel.inprocess import Composition, InProcessTransport, segment

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
def client():
    below, above = FastAPI(), FastAPI()
    transport = InProcessTransport(ORIGIN, {"below": below, "above": above})
    http = httpx2.Client(transport=transport)

    @below.post("/below/double")
    def double(value: dict[str, int]) -> dict[str, int]:
        return {"n": value["n"] * 2}

    @above.post("/above/ask")
    def ask(value: dict[str, int]) -> dict[str, int]:
        answer: dict[str, int] = http.post(f"{ORIGIN}/below/double", json=value).json()
        return answer

    transport.start()
    yield http
    http.close()


def test_a_chain_of_calls_is_answered(client):
    assert client.post(f"{ORIGIN}/above/ask", json={"n": 21}).json() == {"n": 42}


def test_two_hundred_chained_calls_at_once_all_finish(client):
    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        answers = list(
            pool.map(
                lambda n: client.post(f"{ORIGIN}/above/ask", json={"n": n}, timeout=30).json(), range(200)
            )
        )
    assert answers == [{"n": 2 * n} for n in range(200)]


def test_other_addresses_go_over_the_network(client):
    with pytest.raises(httpx2.ConnectError):
        client.get("http://127.0.0.1:9/below/double")


def test_a_well_known_document_belongs_to_the_package_it_names():
    assert segment("/.well-known/oauth-authorization-server/machtigen/login") == "machtigen"
    assert segment("/.well-known/x") == ""
    assert segment("/keys/t1/v1") == "keys"


def test_the_composition_runs_the_lifespans_and_tells_the_endpoints():
    lived = []

    @contextlib.asynccontextmanager
    async def lifespan(_app):
        lived.append("start")
        yield
        lived.append("stop")

    app = FastAPI(lifespan=lifespan)

    @app.get("/a/ready")
    def ready() -> dict[str, str]:
        return {"status": "ok"}

    with TestClient(Composition({"a": app}, {"a": f"{ORIGIN}/a"})) as outside:
        assert outside.get("/endpoints.json").json() == {"a": f"{ORIGIN}/a"}
        assert outside.get("/ready").json() == {"status": "ok"}
        assert outside.get("/b").json()["code"] == "not-found"
    assert lived == ["start", "stop"]


def test_the_composition_is_not_ready_while_a_package_is_not():
    with TestClient(Composition({"a": FastAPI()}, {})) as outside:
        assert outside.get("/ready").status_code == 200
    app = FastAPI()

    @app.get("/a/ready", status_code=503)
    def ready() -> dict[str, str]:
        return {}

    with TestClient(Composition({"a": app}, {})) as outside:
        answer = outside.get("/ready")
        assert (answer.status_code, answer.json()["onderdelen"]) == (503, ["a"])
