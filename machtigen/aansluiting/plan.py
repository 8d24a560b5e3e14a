"""What is to be connected: every choice of the operator, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from keys.kernel.pep import Domain
from keys.kernel.pep.names import is_slug
from machtigen.aansluiting.errors import WrongInput
from machtigen.diensten.errors import InvalidRegistration
from machtigen.diensten.model import Client, DienstId, Grond, Handeling, Niveau
from machtigen.diensten.rules import check_client, require_dienst_id

_DURATION = re.compile(r"P(?:[0-9]{1,4}[YMWD])+", re.ASCII)
_OIN = re.compile(r"[0-9]{20}", re.ASCII)
LINE = 200


@dataclass(frozen=True)
class Plan:
    """One service with its actor, purpose and client. `sinds`: from when purpose and ground hold."""

    naam: str
    organisatie: str
    oin: str
    onderactor: str
    doel: str
    doel_naam: str
    uitleg: str
    wettelijke_grondslag: str
    goedgekeurd_door: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    handelingen: tuple[str, ...]
    gronden: tuple[str, ...]
    niveau: str
    avg_grondslag: str
    categorieen: tuple[str, ...]
    bewaartermijn: str
    upl_naam: str
    client_id: str
    dienst: str
    audience: str
    machtigen_oin: str
    machtigen: str
    keys: str
    t1: str
    t2: str
    sinds: datetime

    @property
    def actor(self) -> str:
        """The actor that the service is, `oin:<20 digits>:<sub-actor>`."""
        return f"oin:{self.oin}:{self.onderactor}"

    @property
    def domein(self) -> Domain:
        """The domain in which the service knows people."""
        return Domain(self.actor, self.doel)

    @property
    def machtigen_domein(self) -> Domain:
        """The domain that pseudonyms come from."""
        return Domain(f"oin:{self.machtigen_oin}:machtigen", "machtigen")

    @property
    def issuer(self) -> str:
        """Who signs the tokens that the service gets."""
        return f"{self.machtigen}/login"

    def as_json(self) -> dict[str, Any]:
        """For the folder."""
        return {**asdict(self), "sinds": self.sinds.isoformat()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Plan:
        """From `as_json`. Raises ValueError, TypeError or KeyError for anything else."""
        plain: dict[str, Any] = {
            field.name: tuple(value) if isinstance(value := document[field.name], list) else value
            for field in fields(cls)
        }
        return cls(**{**plain, "sinds": datetime.fromisoformat(document["sinds"])})

    def differences(self, other: Plan) -> list[str]:
        """The members in which the two differ."""
        return [name for name in asdict(self) if getattr(self, name) != getattr(other, name)]


def check_plan(plan: Plan) -> Plan:
    """The plan, when it can be carried out. Raises WrongInput with one sentence."""
    for option in ("naam", "organisatie", "doel_naam", "uitleg", "wettelijke_grondslag", "avg_grondslag"):
        value = getattr(plan, option)
        if not value.strip() or len(value) > LINE or not value.isprintable():
            raise WrongInput(f"{_option(option)} needs a text of at most {LINE} characters on one line.")
    for option in ("oin", "machtigen_oin"):
        if not _OIN.fullmatch(getattr(plan, option)):
            raise WrongInput(f"{_option(option)} has exactly 20 digits.")
    for option, value in (
        ("onderactor", plan.onderactor),
        ("doel", plan.doel),
        *(("categorie", categorie) for categorie in plan.categorieen),
    ):
        if not is_slug(value):
            raise WrongInput(f"{_option(option)} has at most 64 of the signs a-z, 0-9 and -.")
    _check_governance(plan)
    for option, given, known in (
        ("handeling", plan.handelingen, Handeling),
        ("grond", plan.gronden, Grond),
        ("niveau", (plan.niveau,), Niveau),
    ):
        _check_words(option, given, known)
    for option in ("machtigen", "keys", "t1", "t2"):
        check_address(f"--{option}-url", getattr(plan, option))
    _check_client(plan)
    return plan


def check_address(option: str, address: str) -> str:
    """An http(s) address without a slash at the end. Raises WrongInput."""
    try:
        parts = urlsplit(address)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query
    except ValueError:
        sound = False
    if not sound or re.search(r"\s", address):
        raise WrongInput(f"{option} is no http(s) address.")
    return address.rstrip("/")


def _check_governance(plan: Plan) -> None:
    approvers = {name.strip() for name in plan.goedgekeurd_door} - {""}
    if len(approvers) < 2 or max(map(len, approvers)) > LINE:
        raise WrongInput("--goedgekeurd-door is needed twice: two different people approve a purpose.")
    if not _DURATION.fullmatch(plan.bewaartermijn):
        raise WrongInput("--bewaartermijn is an ISO 8601 period such as P7Y.")


def _check_words(option: str, given: Collection[str], known: type[StrEnum]) -> None:
    wrong = [value for value in given if value not in set(known)]
    if wrong or not given:
        raise WrongInput(f"--{option} is one of: {', '.join(known)}.")


def _check_client(plan: Plan) -> None:
    try:
        dienst = require_dienst_id(plan.dienst)
    except InvalidRegistration as error:
        raise WrongInput("--dienst is a urn:uuid in lower case.") from error
    if not plan.redirect_uris:
        raise WrongInput("--redirect-uri is needed: where people come back to after they logged in.")
    client = Client(
        client_id=plan.client_id,
        naam=plan.organisatie,
        actor=plan.actor,
        domein=str(plan.domein),
        redirect_uris=(),
        diensten=(dienst,),
        jwks={},
        audience="urn:x",
    )
    trials: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "--client-id has 2 to 64 of the signs a-z, 0-9, '.', '_' and '-'."),
        ({"audience": plan.audience}, "--audience is a URI, such as the address of your API."),
        (
            {"redirect_uris": plan.redirect_uris},
            "--redirect-uri is an https address, or http on 127.0.0.1, without #.",
        ),
    )
    for changes, sentence in trials:
        try:
            check_client(Client(**{**_members(client), **changes}))
        except (InvalidRegistration, ValueError) as error:
            raise WrongInput(sentence) from error


def _members(client: Client) -> dict[str, Any]:
    return {field.name: getattr(client, field.name) for field in fields(client)}


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def as_dienst(plan: Plan) -> dict[str, Any]:
    """The service as machtigen's interface for operators takes it."""
    return {
        "id": DienstId(plan.dienst),
        "naam": plan.naam,
        "upl_naam": plan.upl_naam,
        "omschrijving": {"nl": plan.uitleg},
        "actor": plan.actor,
        "handelingen": sorted(set(plan.handelingen)),
        "gronden": sorted(set(plan.gronden)),
        "doelen": [plan.doel],
        "min_niveau": plan.niveau,
        "machtigbaar": Grond.MACHTIGING.value in plan.gronden,
        "wettelijke_grondslag": [plan.wettelijke_grondslag],
        "audience": plan.audience,
    }


def as_doel(plan: Plan) -> dict[str, Any]:
    """The purpose as the registry of keys takes it."""
    return {
        "id": plan.doel,
        "naam": plan.doel_naam,
        "uitleg": plan.uitleg,
        "wettelijke_grondslag": plan.wettelijke_grondslag,
        "avg_grondslag": plan.avg_grondslag,
        "categorieen": list(plan.categorieen),
        "bewaartermijn": plan.bewaartermijn,
        "goedgekeurd_door": list(plan.goedgekeurd_door),
        "geldig_van": plan.sinds,
    }


def as_client(plan: Plan, jwks: Mapping[str, Any]) -> dict[str, Any]:
    """The OAuth client as machtigen's interface for operators takes it."""
    return {
        "client_id": plan.client_id,
        "naam": plan.organisatie,
        "actor": plan.actor,
        "domein": str(plan.domein),
        "redirect_uris": list(plan.redirect_uris),
        "diensten": [plan.dienst],
        "jwks": dict(jwks),
        "token_endpoint_auth_method": "private_key_jwt",
        "audience": plan.audience,
    }
