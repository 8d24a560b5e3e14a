"""What the code handles is what exists: a new error, event, algorithm, table or label demands a decision."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from joserfc.jws import JWSRegistry
from sqlmodel import SQLModel

from keys.kernel import problem
from keys.kernel.jws import ALGORITHMS
from keys.kernel.log import UNEXPECTED, Event
from machtigen.api.oauth_form import refusal
from machtigen.bevoegdheidsverklaringen import errors as oauth

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("identiteit", "keys", "machtigen", "rechten")
SLUG = re.compile(r"[a-z]+(-[a-z]+)*")

# Refusals of the kernel that a package answers too; each brings its own code and title.
OF_THE_KERNEL = {"AuthorizationRefused", "CsrfRejected", "LoginFailed", "TranslationRefused"}
# Two refusals with one code look the same from outside, on purpose: not yours, does not exist, elsewhere.
ONE_ANSWER = {("keys", "not-found"): {"NotYours", "PartyElsewhere"}}
# A room whose refusals stand apart from those of its package, because these would be too many in one file.
# The code of these is that of the rule or of the party that refused.
CODE_OF_A_RULE = {"ActRefused", "ReadRefused", "TranslationRefused"}


def modules_of(package: str) -> Iterator[Path]:
    yield from (ROOT / package).rglob("*.py")


def leaves(module: Any) -> set[type[Exception]]:
    """Exception classes that a module defines and that nothing in it refines."""
    found = {
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Exception) and value.__module__ == module.__name__
    }
    return {one for one in found if not any(other is not one and issubclass(other, one) for other in found)}


# Refusals of one room that would make the list of the package too long to read.
ROOM_ERRORS = {"machtigen": ("machtigen.machtigingen.errors",)}


def error_modules(package: str) -> tuple[str, ...]:
    return (f"{package}.errors", *ROOM_ERRORS.get(package, ()))


def errors_of(package: str) -> set[type[Exception]]:
    """Of the package, and of its rooms those that refine one of the package."""
    own = f"{package}.errors"
    rooms = sorted(path.parent.name for path in (ROOT / package).glob("*/errors.py"))
    of_rooms = set().union(*(leaves(importlib.import_module(f"{package}.{room}.errors")) for room in rooms))
    refined = {kind for kind in of_rooms if any(base.__module__ == own for base in kind.__mro__[1:])}
    return leaves(importlib.import_module(own)) | refined


def status_of(package: str) -> dict[type[Exception], int]:
    table: dict[type[Exception], int] = importlib.import_module(f"{package}.problems").STATUS
    return table


# -- errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", PACKAGES)
def test_every_refusal_has_a_status_and_every_status_a_refusal(package: str) -> None:
    table = status_of(package)
    own = {kind for kind in table if re.fullmatch(rf"{package}(\.\w+)?\.errors", kind.__module__)}
    assert own == errors_of(package)
    assert {kind.__name__ for kind in table.keys() - own} <= OF_THE_KERNEL


@pytest.mark.parametrize("package", PACKAGES)
def test_every_refusal_is_raised_somewhere(package: str) -> None:
    used = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for path in modules_of(package)
        if path.name not in {"errors.py", "problems.py"}
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    assert {kind.__name__ for kind in errors_of(package)} - used == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_codes_are_slugs_and_differ_within_a_package(package: str) -> None:
    by_code: dict[str, set[str]] = {}
    for kind in status_of(package):
        if kind.__name__ not in CODE_OF_A_RULE:
            by_code.setdefault(vars(kind)["code"], set()).add(kind.__name__)
    shared = {(package, code): names for code, names in by_code.items() if len(names) > 1}
    assert shared == {key: names for key, names in ONE_ANSWER.items() if key[0] == package}
    assert [code for code in by_code if not SLUG.fullmatch(code)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_code_that_every_app_knows_has_its_usual_status(package: str) -> None:
    usual = {code: status for status, (code, _) in problem.STANDARD.items()}
    given = {vars(kind).get("code"): status for kind, status in status_of(package).items()}
    assert {code: given[code] for code in usual.keys() & given} == {
        code: usual[code] for code in usual.keys() & given
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_titles_are_whole_sentences_without_a_place_for_input(package: str) -> None:
    for kind in status_of(package):
        title = vars(kind)["title"]
        assert re.fullmatch(r"[A-Z][^{}%]*\.", title), kind


# The OAuth errors of machtigen are answered in the form of RFC 6749, so they have a table of their own:
# class → (error of the RFC, status where it is answered directly).
OAUTH = {
    "InvalidRequest": ("invalid_request", 400),
    "InvalidClient": ("invalid_client", 401),
    "InvalidGrant": ("invalid_grant", 400),
    "UnauthorizedClient": ("unauthorized_client", 400),
    "UnsupportedGrantType": ("unsupported_grant_type", 400),
    "InvalidScope": ("invalid_scope", 400),
    "InvalidAuthorizationDetails": ("invalid_authorization_details", 400),
    "LoginRequired": ("login_required", 400),
    "InteractionRequired": ("interaction_required", 400),
    "RequestNotSupported": ("request_not_supported", 400),
    "InvalidRequestUri": ("invalid_request_uri", 400),
    "AccessDenied": ("access_denied", 400),
    "TemporarilyUnavailable": ("temporarily_unavailable", 503),
    "InvalidToken": ("invalid_token", 401),
    "InsufficientScope": ("insufficient_scope", 403),
}


def test_the_oauth_refusals_are_those_of_the_rfcs() -> None:
    found = {kind.__name__: (kind.error, kind.status) for kind in oauth_refusals()}
    assert found == OAUTH


def oauth_refusals() -> set[type[oauth.ProtocolRefusal]]:
    return {kind for kind in leaves(oauth) if issubclass(kind, oauth.ProtocolRefusal)}


@pytest.mark.parametrize("kind", sorted(oauth_refusals(), key=lambda one: one.__name__))
def test_an_oauth_refusal_is_answered_as_rfc_6749_says(kind: type[oauth.ProtocolRefusal]) -> None:
    answer = refusal(kind("said without input"))
    assert answer.status_code == kind.status
    assert f'"error":"{kind.error}"'.encode() in answer.body
    assert ("www-authenticate" in answer.headers) is (kind.status == 401)
    assert answer.headers["cache-control"] == "no-store"


# -- events ------------------------------------------------------------------------------------------


def events_of(package: str) -> dict[str, Event]:
    module = importlib.import_module(f"{package}.events")
    return {name: value for name, value in vars(module).items() if isinstance(value, Event)}


def emits_of(package: str) -> Iterator[tuple[str, ast.Call, ast.AST]]:
    """Each `….emit(EVENT, …)`: (place, call, the module it stands in)."""
    for path in modules_of(package):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "emit"
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node, tree


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def fields_of(call: ast.Call, tree: ast.AST) -> set[str]:
    """The fields of a call; `**name` must be a dict written out in the same module."""
    fields: set[str] = set()
    for keyword in call.keywords:
        if keyword.arg is not None:
            fields.add(keyword.arg)
            continue
        written = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Dict)
            and name_of(node.targets[0]) == name_of(keyword.value)
        ]
        assert written, f"line {call.lineno}: fields that cannot be read from the code"
        fields |= {key.value for one in written for key in one.keys if isinstance(key, ast.Constant)}
    return fields


@pytest.mark.parametrize("package", PACKAGES)
def test_every_event_is_emitted_and_every_emit_is_of_a_catalogued_event(package: str) -> None:
    known = {**events_of(package), "UNEXPECTED": UNEXPECTED} if package == "keys" else events_of(package)
    emitted: set[str] = set()
    for place, call, tree in emits_of(package):
        name = name_of(call.args[0])
        assert name in known, place
        assert fields_of(call, tree) <= known[name].fields, place
        emitted.add(name)
    assert emitted == set(known)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_field_of_an_event_is_given_by_some_emit(package: str) -> None:
    given: dict[str, set[str]] = {}
    for _, call, tree in emits_of(package):
        given.setdefault(name_of(call.args[0]), set()).update(fields_of(call, tree))
    assert {name: given[name] for name in events_of(package)} == {
        name: set(event.fields) for name, event in events_of(package).items()
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_events_have_ids_of_their_own(package: str) -> None:
    ids = [event.id for event in events_of(package).values()]
    assert len(ids) == len(set(ids))
    assert [one for one in ids if not SLUG.fullmatch(one)] == []


# -- algorithms --------------------------------------------------------------------------------------

REFUSED_ALGORITHMS = {
    "none": "no signature at all",
    "HS256": "a shared key: who verifies could sign",
    "HS384": "a shared key: who verifies could sign",
    "HS512": "a shared key: who verifies could sign",
    "RS256": "PKCS #1 v1.5 padding",
    "RS384": "PKCS #1 v1.5 padding",
    "RS512": "PKCS #1 v1.5 padding",
    "PS384": "one RSA algorithm is enough",
    "PS512": "one RSA algorithm is enough",
    "ES384": "one curve of NIST is enough",
    "ES512": "one curve of NIST is enough",
    "ES256K": "a curve outside the government's guidelines",
    "EdDSA": "says not which curve; RFC 9864 has Ed25519 for it",
    "Ed448": "one Edwards curve is enough",
}


def test_every_algorithm_that_the_library_offers_is_accepted_or_refused_on_purpose() -> None:
    offered = set(JWSRegistry.algorithms)
    assert set(ALGORITHMS) == {"PS256", "ES256", "Ed25519"}
    assert set(ALGORITHMS).isdisjoint(REFUSED_ALGORITHMS)
    assert offered == set(ALGORITHMS) | set(REFUSED_ALGORITHMS)


# -- tables and grants -------------------------------------------------------------------------------


class Tables:
    """A database: the base of its tables, and the file that says who may do what."""

    def __init__(self, package: str, base: str, grants: str, insert_only: set[str]) -> None:
        self.base: type[SQLModel] = getattr(importlib.import_module(f"{package}.base"), base)
        for path in (ROOT / package).glob("*/tables.py"):
            importlib.import_module(f"{package}.{path.parent.name}.tables")
        self.names = set(self.base.metadata.tables)
        self.grants = ROOT / package / grants
        self.insert_only = insert_only

    INSERT_ONLY: ClassVar = {"SELECT", "INSERT"}

    def granted(self) -> dict[str, set[str]]:
        """table → what any role may do with it."""
        text = re.sub(r"--[^\n]*", "", self.grants.read_text())
        found: dict[str, set[str]] = {}
        for rights, tables in re.findall(r"GRANT\s+([A-Z,\s]+?)\s+ON\s+([\w,\s]+?)\s+TO", text):
            if "USAGE" in rights:
                continue
            for table in re.split(r"[,\s]+", tables.removeprefix("TABLE ").strip()):
                found.setdefault(table, set()).update(re.split(r"[,\s]+", rights))
        found.pop("alembic_version", None)
        return found


DATABASES = {
    "identiteit": (
        "identiteit",
        "Table",
        "migrations/grants.sql",
        {"bron", "gebeurtenis", "balie_opvraging"},
    ),
    "keys": (
        "keys",
        "Table",
        "migrations/grants.sql",
        {
            "actoren",
            "actor_sleutels",
            "doelen",
            "doel_einden",
            "domeinen",
            "domein_sleutels",
            "gebruiksgronden",
            "toezeggingen",
            "gebruiksgrond_einden",
            "epoch_einden",
            "actor_standen",
            "generaties",
            "generatie_standen",
            "overdrachten",
        },
    ),
    "keys, one transcryptor": (
        "keys",
        "PartijTable",
        "migrations_partij/grants.sql",
        {"transcrypties", "weigeringen", "uitgiften"},
    ),
    "machtigen": (
        "machtigen",
        "Table",
        "migrations/grants.sql",
        {
            "machtiging_geschiedenis",
            "geschiedenis_zegel",
            "balie_handeling",
            "gebruik",
            "gebruik_schakel",
            "ontvangst",
            "organisatie",
            "handelende",
            "zaak_wederpartij",
            "instemming_stem",
            "partij",
            "dienst",
            "client",
            "machtiging_dienst",
            "beslissing",
            "pairwise_naam",
        },
    ),
    "rechten": ("rechten", "Table", "migrations/grants.sql", {"bron"}),
    "rechten, one register": (
        "rechten",
        "RegisterTable",
        "register_migrations/grants.sql",
        {
            "logregel",
            "logdetail",
            "gegeven",
            "gebruiksgrond",
            "storing",
            "storing_voorval",
            "storing_aanbieding",
            "storing_stap",
            "voorstel",
            "voorstel_beeindiging",
        },
    ),
}


@pytest.mark.parametrize("database", DATABASES)
def test_every_table_is_granted_on_purpose(database: str) -> None:
    tables = Tables(*DATABASES[database])
    assert set(tables.granted()) == tables.names


@pytest.mark.parametrize("database", DATABASES)
def test_history_and_logs_may_be_written_and_read_and_nothing_else(database: str) -> None:
    tables = Tables(*DATABASES[database])
    granted = tables.granted()
    changeable = {name for name, rights in granted.items() if rights - Tables.INSERT_ONLY}
    assert tables.names - changeable == tables.insert_only


# -- domain separation -------------------------------------------------------------------------------

LABELS = {
    b"PEPV1-oorsprong-ristretto255-SHA512",
    b"machtigen/balie/controlecode/1",
    b"machtigen/balie/herkomst/1",
    b"machtigen/code/v1\x00",
    b"machtigen/geschiedenis/regel/1",
    b"machtigen/keys/antwoord/1",
    b"machtigen/pairwise/machtiging/v1",
    b"machtigen/pairwise/naam/v1",
    b"machtigen/pairwise/subject/v1",
    b"machtigen/pep/carried/1",
    b"machtigen/pep/hop/1",
    b"machtigen/pep/keystore/1",
    b"machtigen/pep/nonce/1",
    b"machtigen/pep/refresh/1",
    b"machtigen/pep/same-exponent/1",
    b"machtigen/pep/schnorr/1",
    b"machtigen/pep/share/1",
    b"machtigen/pep/vault/wrap/1",
    b"machtigen/rechten/herhaling/1",
    b"machtigen/rechten/logdetail/1",
    b"machtigen/rechten/logzaad/1",
    b"machtigen/rechten/storing/1",
    b"machtigen/uitnodiging/v1\x00",
    b"log|",  # the seed of one person in one register is its only key; see rechten.logboek.tags
}


def labels_in_the_code() -> list[bytes]:
    """Byte strings in the product that name what a hash or key is for."""
    return [
        node.value
        for package in PACKAGES
        for path in modules_of(package)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, bytes)
        and (node.value.startswith((b"machtigen/", b"PEPV1-")) or node.value == b"log|")
    ]


def test_each_label_is_written_once_and_on_purpose() -> None:
    assert sorted(labels_in_the_code()) == sorted(LABELS)


def test_no_label_is_the_beginning_of_another() -> None:
    assert [(a, b) for a in LABELS for b in LABELS if a != b and b.startswith(a)] == []
