"""A caller may be bound to its TLS client certificate; a stolen assertion is then of no use elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.kernel.caller import CallerRejected, VerifiedCaller
from keys.settings import Settings
from keys.wire.certificaat import CertificateRule, header_value, thumbprint
from tests.keys.conftest import OORSPRONG, STUDIE, World, settings_in

OURS, THEIRS = b"certificate in DER", b"another certificate"
BEHIND = CertificateRule(behind_proxy=True)
REQUIRED = CertificateRule(behind_proxy=True, required=True)


def caller(certificate: bytes | None) -> VerifiedCaller:
    claims = {} if certificate is None else {"cnf": {"x5t#S256": thumbprint(certificate)}}
    return VerifiedCaller("oin:1", "jti", claims)


@pytest.mark.parametrize(
    ("rule", "bound", "headers"),
    [
        (CertificateRule(), None, []),
        (CertificateRule(), None, [header_value(THEIRS)]),
        (BEHIND, None, []),
        (BEHIND, OURS, [header_value(OURS)]),
        (REQUIRED, OURS, [header_value(OURS)]),
    ],
)
def test_a_caller_on_its_own_connection_passes(
    rule: CertificateRule, bound: bytes | None, headers: list[str]
) -> None:
    rule.check(caller(bound), headers)


@pytest.mark.parametrize(
    ("rule", "bound", "headers"),
    [
        (CertificateRule(), OURS, [header_value(OURS)]),  # the header is not believed: nothing proves it
        (BEHIND, OURS, []),
        (BEHIND, OURS, [header_value(THEIRS)]),
        (BEHIND, OURS, [header_value(OURS), header_value(OURS)]),
        (BEHIND, OURS, ["geen base64"]),
        (BEHIND, OURS, [":%%%:"]),
        (BEHIND, OURS, ["::"]),
        (REQUIRED, None, [header_value(OURS)]),
        (REQUIRED, None, []),
    ],
)
def test_any_other_is_refused(rule: CertificateRule, bound: bytes | None, headers: list[str]) -> None:
    with pytest.raises(CallerRejected):
        rule.check(caller(bound), headers)


@pytest.mark.parametrize("cnf", ["text", {}, {"x5t#S256": 1}, {"jkt": "x"}])
def test_a_malformed_binding_is_refused(cnf: object) -> None:
    with pytest.raises(CallerRejected):
        BEHIND.check(VerifiedCaller("oin:1", "jti", {"cnf": cnf}), [header_value(OURS)])


def test_a_whole_translation_bound_to_a_certificate(world: World) -> None:
    keys = world.app.state.keys
    before, keys.certificates = keys.certificates, REQUIRED
    try:
        usual = dict(world.http.headers)
        world.http.headers["Client-Cert"] = header_value(OURS)
        bound = world.client(OORSPRONG.actor, certificate=OURS)
        person = [world.encrypted(world.person())]
        assert bound.transcrypt(person, naar=STUDIE, doel="aanmelding")
        stolen = world.client(OORSPRONG.actor, certificate=THEIRS)
        with pytest.raises(Exception, match="caller-rejected"):
            stolen.transcrypt(person, naar=STUDIE, doel="aanmelding")
    finally:
        keys.certificates = before
        world.http.headers.clear()
        world.http.headers.update(usual)


def test_required_without_a_proxy_is_a_contradiction(tmp_path: Path) -> None:
    given = settings_in(tmp_path).model_dump()
    with pytest.raises(ValueError, match="KEYS_MTLS_ACHTER_PROXY"):
        Settings(**{**given, "mtls_verplicht": True})
