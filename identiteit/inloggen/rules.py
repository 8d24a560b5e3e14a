"""When a session is good enough, and what a request to log in asks. Pure."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from identiteit.inloggen.model import Inlogwens, Niveau, Sessie

PROMPTS = frozenset({"none", "login", "consent", "select_account"})


class UnusableParameter(ValueError):
    """A parameter of OpenID Connect that cannot be obeyed (`invalid_request`)."""


def minimum_level(acr_values: str | None) -> Niveau:
    """The lowest level named in `acr_values` (OpenID Connect Core 3.1.2.1); laag when none is ours."""
    named = set((acr_values or "").split())
    return min(
        (niveau for niveau in Niveau if niveau.acr in named), key=lambda n: n.rank, default=Niveau.LAAG
    )


def read_wish(
    client_id: str,
    redirect_uri: str,
    scope: str,
    state: str,
    nonce: str,
    code_challenge: str,
    parameters: Mapping[str, str],
) -> Inlogwens:
    """The wish behind a request. Raises UnusableParameter for `prompt` and `max_age` that make no sense."""
    prompts = set(parameters.get("prompt", "").split())
    if prompts - PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise UnusableParameter("prompt")
    max_age = parameters.get("max_age")
    if max_age is not None and not (max_age.isascii() and max_age.isdigit() and len(max_age) < 10):
        raise UnusableParameter("max_age")
    return Inlogwens(
        client_id=client_id,
        redirect_uri=redirect_uri,
        scope=scope,
        state=state,
        nonce=nonce,
        code_challenge=code_challenge,
        minimum=minimum_level(parameters.get("acr_values")),
        opnieuw=bool(prompts & {"login", "select_account"}),
        nooit_tonen="none" in prompts,
        max_age_s=int(max_age) if max_age is not None else None,
    )


def suffices(sessie: Sessie, wens: Inlogwens, now: datetime) -> bool:
    """Whether this session answers the wish without a new login."""
    if wens.opnieuw or sessie.niveau.rank < wens.minimum.rank:
        return False
    return wens.max_age_s is None or now - sessie.auth_op <= timedelta(seconds=wens.max_age_s)


def name_for_package(claim: Literal["sid", "sub"], sid: str, client_id: str) -> str:
    """What a package calls a session (`sid`) and the person in it (`sub`): 43 characters, base64url.

    `sid` is our own name of the session, 192 random bits that never leave: so the names say nothing
    about the person, differ per session, and two packages cannot match theirs.
    """
    digest = hashlib.sha256(f"{claim}\n{client_id}\n{sid}".encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
