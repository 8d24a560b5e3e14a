"""Requests that a client would never make: permits with one thing changed, sent by hand."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import httpx2

from keys.kernel.caller import assertion
from keys.kernel.jws import SigningKey, sign, timestamp
from keys.kernel.pep import Context, Domain, OwnCiphertext
from keys.kernel.pep.encoding import to_base64url
from keys.kernel.pep.knowledge import MadeFor, prove_made
from keys.wire.transcrypties import TYP_PERMIT, digest_of
from tests.keys.conftest import ORIGIN, World


def permit_claims(
    world: World, van: Domain, naar: Domain, doel: str, data: Sequence[bytes], /, **changes: Any
) -> dict[str, Any]:
    """The claims of a sound permit, with `changes`; a value of None takes the claim away."""
    now = timestamp(world.now())
    claims: dict[str, Any] = {
        "iss": van.actor,
        "aud": f"{ORIGIN}/keys",
        "jti": secrets.token_urlsafe(24),
        "iat": now,
        "exp": now + 120,
        "van": str(van),
        "van_epoch": 1,
        "naar": str(naar),
        "naar_epoch": 1,
        "doel": doel,
        "aantal": len(data),
        "paar": ["t1", "t2"],
        "items": digest_of(data),
    }
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def send(
    world: World,
    party: str,
    actor: str,
    claims: dict[str, Any],
    data: Sequence[bytes],
    *,
    key: SigningKey | None = None,
    typ: str = TYP_PERMIT,
    first_answer: str | None = None,
    made: Sequence[OwnCiphertext] = (),
    **members: Any,
) -> httpx2.Response:
    """Send a batch to one party as `actor`; the permit is signed with `key` (default: the actor's).

    `made`: what the actor made itself, of which it proves so; `members` replace members of the body.
    """
    signing = world.signing[actor]
    address = f"{ORIGIN}/keys/{party}"
    body: dict[str, Any] = {
        "vergunning": sign(claims, key or signing, typ=typ),
        "items": [to_base64url(item) for item in data],
        "kennis": proofs_of(world, claims, made) or ["A" * 86] * len(data),
    }
    if first_answer is not None:
        body["eerste_antwoord"] = first_answer
        body["oorspronkelijk"] = [to_base64url(item.data) for item in made] or body["items"]
    body.update(members)
    token = assertion(actor, signing, address, world.now())
    return world.http.post(
        f"{address}/v1/transcrypties", json=body, headers={"Authorization": f"Bearer {token}"}
    )


def proofs_of(world: World, claims: dict[str, Any], made: Sequence[OwnCiphertext]) -> list[str]:
    """The proofs that go with a permit, for ciphertexts that its actor made."""
    if not made:
        return []
    van = Context(Domain.parse(claims["van"]), claims["van_epoch"])
    naar = Context(Domain.parse(claims["naar"]), claims["naar_epoch"])
    made_for = MadeFor(van, naar, claims["doel"], claims["jti"], world.keys[van.domain].public)
    proofs = prove_made([item.data for item in made], [item.r for item in made], made_for)
    return [to_base64url(proof) for proof in proofs]


def code(answer: httpx2.Response) -> tuple[int, str]:
    """Status and stable code of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, str(answer.json()["code"])
