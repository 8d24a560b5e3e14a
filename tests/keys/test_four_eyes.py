"""Nothing that opens a way is registered on one person's word where four eyes are asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from keys.__main__ import app as cli
from keys.app import create_app
from keys.client import KeysBeheer, RegistryRefused
from keys.kernel.inprocess import InProcessTransport
from keys.kernel.jws import Jwks, SigningKey
from keys.settings import Settings
from keys.wire.doelen import ActorIn, DoelIn
from keys.wire.goedkeuring import approve
from tests.keys.conftest import DUO_OIN, ORIGIN, doel, settings_in

JANSEN, DE_VRIES, STRANGER = (SigningKey.generate("ES256") for _ in range(3))
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def beheer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeysBeheer]:
    folder = tmp_path_factory.mktemp("vier-ogen")
    with registry(folder) as made:
        yield made


@contextmanager
def registry(folder: Path) -> Iterator[KeysBeheer]:
    (folder / "beheer.jwks.json").write_text(json.dumps(Jwks.of(JANSEN, DE_VRIES).as_dict()))
    app = create_app(settings_in(folder, partijen=[], vier_ogen=True))
    transport = InProcessTransport(ORIGIN, {"keys": app})
    transport.start()
    with httpx2.Client(transport=transport) as http:
        yield KeysBeheer(f"{ORIGIN}/keys", JANSEN, http, lambda: datetime.now(UTC))
    transport.close()
    app.state.close()


def content(doel_id: str = "inzage", **changes: Any) -> dict[str, Any]:
    return DoelIn.model_validate(doel(doel_id, **changes)).model_dump()


def both(body: dict[str, Any], soort: Any = "doel") -> list[str]:
    return [
        approve(soort, body, "Jansen", JANSEN, NOW),
        approve(soort, body, "De Vries", DE_VRIES, NOW),
    ]


def refused(act: Any) -> str:
    with pytest.raises(RegistryRefused) as refusal:
        act()
    return refusal.value.code


def test_two_operators_publish_a_purpose(beheer: KeysBeheer) -> None:
    published = beheer.publish_doel(doel("twee-mensen"), both(content("twee-mensen")))
    assert (published.id, published.versie) == ("twee-mensen", 1)
    assert beheer.publish_doel(doel("twee-mensen"), both(content("twee-mensen"))).versie == 1


@pytest.mark.parametrize(
    "approvals",
    [
        lambda _body: [],
        lambda body: both(body)[:1],
        lambda body: [both(body)[0]] * 2,
        lambda body: [approve("doel", body, name, JANSEN, NOW) for name in ("Jansen", "De Vries")],
        lambda body: [approve("doel", body, "Jansen", key, NOW) for key in (JANSEN, DE_VRIES)],
        lambda body: [both(body)[0], approve("doel", body, "De Vries", STRANGER, NOW)],
        lambda body: both({**body, "naam": "Iets anders"}),
        lambda body: both(body, "actor"),
        lambda body: [both(body)[0], approve("doel", body, "Iemand anders", DE_VRIES, NOW)],
        lambda body: ["x" * 30, *both(body)],
    ],
    ids=[
        "none", "one", "the-same-twice", "one-key-two-names", "two-keys-one-name", "a-stranger",
        "of-another-content", "of-another-kind", "by-somebody-not-named", "no-approval-at-all",
    ],
)  # fmt: skip
def test_anything_less_is_refused_and_nothing_is_registered(beheer: KeysBeheer, approvals: Any) -> None:
    body = content("te-weinig")
    assert refused(lambda: beheer.publish_doel(doel("te-weinig"), approvals(body))) == "not-approved"
    assert refused(lambda: beheer.end_doel("te-weinig", NOW)) == "unknown-doel"


def test_a_change_of_a_purpose_is_a_new_version_and_needs_two_again(beheer: KeysBeheer) -> None:
    beheer.publish_doel(doel("veranderd"), both(content("veranderd")))
    changed = {**doel("veranderd"), "bewaartermijn": "P1Y"}
    assert refused(lambda: beheer.publish_doel(changed, both(content("veranderd")))) == "not-approved"
    assert beheer.publish_doel(changed, both(content("veranderd", bewaartermijn="P1Y"))).versie == 2


def test_an_actor_and_its_newer_keys_need_two(beheer: KeysBeheer) -> None:
    first, second = (Jwks.of(SigningKey.generate("ES256")).as_dict() for _ in range(2))
    who = {"oin": DUO_OIN, "onderactor": "nieuw", "naam": "Nieuw", "rol": "register", "jwks": first}
    assert refused(lambda: beheer.register_actor(*who.values())) == "not-approved"
    body = ActorIn.model_validate(who).model_dump()
    actor = beheer.register_actor(*who.values(), both(body, "actor")).actor
    assert refused(lambda: beheer.replace_actor_keys(actor, second)) == "not-approved"
    of_others = both({"actor": f"oin:{DUO_OIN}:ander", "jwks": second}, "sleutels")
    assert refused(lambda: beheer.replace_actor_keys(actor, second, of_others)) == "not-approved"
    replaced = beheer.replace_actor_keys(actor, second, both({"actor": actor, "jwks": second}, "sleutels"))
    assert replaced.jwks == second


def test_production_always_asks_four_eyes(tmp_path: Path) -> None:
    given = settings_in(tmp_path, partijen=[]).model_dump()
    productie = Settings(**{**given, "public_url": "https://keys.example.nl", "omgeving": "productie"})
    assert productie.four_eyes
    assert not Settings(**given).four_eyes


def test_approvals_by_the_command_line(beheer: KeysBeheer, tmp_path: Path) -> None:
    body = json.loads(DoelIn.model_validate(doel("met-de-hand")).model_dump_json())
    (tmp_path / "doel.json").write_text(json.dumps(body))
    tokens = []
    for name, key in (("Jansen", JANSEN), ("De Vries", DE_VRIES)):
        key.save(tmp_path / "sleutel.jwk")
        words = ["goedkeuren", "doel", str(tmp_path / "doel.json"), "--naam", name]
        result = CliRunner().invoke(cli, [*words, "--sleutel", str(tmp_path / "sleutel.jwk")])
        assert result.exit_code == 0, result.output
        tokens.append(result.stdout.strip())
    assert beheer.publish_doel(body, tokens).id == "met-de-hand"
    wrong = CliRunner().invoke(
        cli,
        [
            "goedkeuren",
            "actor",
            str(tmp_path / "doel.json"),
            "--naam",
            "x",
            "--sleutel",
            str(tmp_path / "sleutel.jwk"),
        ],
    )
    assert wrong.exit_code == 2
    assert "Traceback" not in wrong.output
