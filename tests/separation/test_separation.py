"""The signature of this project: who someone is stands in `identiteit` and nowhere else, and what others
hold about one person cannot be joined.

Two people with data that occur nowhere else (canaries) go through the whole story: they log in, grant,
withdraw, accept, decline, renounce, act at two services, are read, look at what was used, revoke and log
out; then every operation gets wrong requests that carry a canary. All of it against the real server, as
one process and as separate ones. What crossed HTTP was recorded by a proxy (from outside, and between
processes) or at the transport between packages (within one process). Then it is searched:

- *identifies*: database files (rows, and the raw bytes of the files with their journals and free pages),
  logs, output, URLs, headers, bodies, tokens, exports, key files; for every canary value as text, in
  base64, hex, URL, HTML and JSON escapes, other alphabets and date orders, and as unsalted hash. Allowed
  is only what `ALLOWED` names; an allowance that nothing uses fails too.
- *joins*: the values that came into the world with the canaries, compared between every two holders. Only
  `trace_id` may be in two; and between machtigen and one audience its `sub`, `identifier`, `jti` and status
  index.

Outside the claim: correlation by timing, and what a person tells two parties about themself.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import httpx2
import pytest

from keys.client import KeysClient, TranslationRefused
from keys.kernel.jws import SigningKey
from keys.kernel.pep import Domain, decrypt, encrypt
from tests.separation import probing, values
from tests.separation.canary import Needle
from tests.separation.evidence import Evidence, gathered
from tests.separation.people import CANARIES
from tests.separation.recording import Exchange
from tests.separation.registerkeys import open_machtigen, scaled

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
MILLISECOND = 1_000  # microseconds; what is no finer is shared by chance, or is an expiry in whole seconds
TRANSCRYPTOR = "keys-t"
NAME = {"voornaam", "achternaam"}
DIRECTIONS = {  # who tells whom something; public keys and documents may be fetched more widely
    ("identiteit", "keys"),
    ("identiteit", "machtigen"),  # that a session ended; life events
    ("identiteit", "rechten"),  # the same
    ("machtigen", "identiteit"),
    ("machtigen", "keys"),
    ("rechten", "identiteit"),
    ("rechten", "keys"),
    ("rechten", "machtigen"),
    ("rechten", "rechten"),  # the page of inspection and the registers
}
ADDRESS = {"straat", "huisnummer", "postcode", "woonplaats"}


@pytest.fixture(scope="module", params=["together", "separate"])
def evidence(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """The story, played once in each way of starting."""
    with gathered(tmp_path_factory.mktemp(request.param), separate=request.param == "separate") as found:
        yield found


@dataclass(frozen=True)
class Allowance:
    """Where a kind of value may stand in what people and sources exchange with a package."""

    method: str
    path: str
    part: str
    kinds: frozenset[str]


def allow(method: str, path: str, part: str, *kinds: str) -> Allowance:
    """`path`: a pattern for all of it."""
    return Allowance(method, path, part, frozenset(kinds))


ALLOWED = (
    # The operator and a source tell identiteit who someone is.
    allow("POST", "/identiteit/api/v1/personen", "request", "bsn", "geboren", "demo_id", *NAME, *ADDRESS),
    allow("POST", "/identiteit/api/v1/aanmeldingen", "request", "bsn"),
    # A clerk copies numbers from documents at identiteit, and compares the names it shows.
    allow("POST", "/identiteit/balie/(registratie|einde)", "request", "bsn"),
    allow("POST", "/identiteit/balie/(registratie|einde)", "response", *NAME),
    # A source tells of life events, carelessly: with a name where its own should stand.
    allow("POST", "/identiteit/api/v1/gebeurtenissen", "request", "bsn", "achternaam"),
    # The simulated provider asks who you are.
    allow("GET", "/identiteit/inloggen", "response", "demo_id", *NAME),
    allow("POST", "/identiteit/inloggen", "request", "demo_id"),
    # People see themselves, and a name in a frame. The number is masked on one's own page too.
    allow("GET", "/identiteit/", "response", "geboren", *NAME, *ADDRESS),
    allow("GET", "/identiteit/weergave", "response", *NAME),
    # A label is what people chose to write, and is shown to who wrote it.
    allow("POST", "/machtigen/api/v1/(machtigingen|verzoeken)", "request", "label"),
    allow("(GET|POST)", "/machtigen/api/v1/(machtigingen|verzoeken).*", "response", "label"),
    allow("GET", "/machtigen/.*", "response", "label"),
    # Careless callers of these tests: a number as Idempotency-Key, or where a code should stand.
    allow("POST", "/machtigen/api/v1/(machtigingen|verzoeken)", "request_headers", "bsn"),
    allow("POST", "/machtigen/api/v1/codes/inzien", "request", "bsn"),
    allow("POST", "/rechten/api/v1/registers/[a-z]+/gegevens", "request_headers", "bsn", "demo_id"),
)


def parts(exchange: Exchange) -> Iterator[tuple[str, bytes]]:
    """Every part of an exchange by name."""
    yield "url", exchange.url.encode()
    yield "request_headers", exchange.request_headers.encode()
    yield "request", exchange.request
    yield "response_headers", exchange.response_headers.encode()
    yield "response", exchange.response


def told(found: Iterable[Needle]) -> list[str]:
    """What was found, for a message: kind and form, not the value."""
    return sorted({f"{needle.kind} ({needle.form})" for needle in found})


def test_files_of_all_but_identiteit_hold_no_canary(evidence: Evidence) -> None:
    """Raw bytes of every file: databases, journals, logs, keys, clients, and what the server printed."""
    paths = [path for path in evidence.house.data.rglob("*") if path.is_file()]
    own = [path for path in paths if path.name.startswith("identiteit.db")]
    everywhere = evidence.search.find(b"".join(path.read_bytes() for path in own))
    registered = {"bsn", "geboren", "demo_id", *NAME, *ADDRESS}
    assert {(needle.who, needle.kind) for needle in everywhere} == {
        (person.demo_id, kind) for person in CANARIES for kind in registered
    }, "the search itself is blind, or identiteit knows more than it was told"
    others = [*(path for path in paths if path not in own), evidence.house.output]
    assert {path for path in others if path.suffix == ".db"} >= set(
        evidence.house.databases().values()
    ) - set(own)
    found = {path.name: told(evidence.search.find(path.read_bytes())) for path in others}
    assert {name: what for name, what in found.items() if what} == {}


def test_rows_of_all_but_identiteit_hold_no_canary(evidence: Evidence) -> None:
    """Cell by cell, so that a number in SQLite's own notation counts too."""
    for name, path in evidence.house.databases().items():
        cells = [
            value if isinstance(value, bytes) else str(value).encode()
            for _, row in values.rows(path)
            for value in row.values()
        ]
        assert cells, name
        found = evidence.search.find(b"\n".join(cells))
        assert name == "identiteit" or told(found) == [], name


def test_what_registers_sealed_holds_no_canary(evidence: Evidence) -> None:
    """With all keys of the register in hand."""
    for name, opened in evidence.opened.items():
        assert opened.pseudonyms, name
        assert told(evidence.search.find(b"\n".join(opened.values.names))) == [], name


def test_people_and_services_see_a_canary_only_where_it_is_allowed(evidence: Evidence) -> None:
    """URLs, headers, bodies, cookies, redirects and tokens, in both directions."""
    used: set[Allowance] = set()
    wrong = []
    for exchange in evidence.outside:
        for part, data in parts(exchange):
            for needle in evidence.search.find(data):
                may = [one for one in ALLOWED if _allows(one, exchange, part, needle.kind)]
                used |= set(may)
                if not may:
                    wrong.append(f"{exchange.method} {exchange.path} {part}: {needle.kind} ({needle.form})")
    assert sorted(set(wrong)) == []
    assert [one for one in ALLOWED if one not in used] == []
    assert set(evidence.play.names_seen) == {person.achternaam for person in CANARIES}


def _allows(one: Allowance, exchange: Exchange, part: str, kind: str) -> bool:
    return (
        part == one.part
        and kind in one.kinds
        and re.fullmatch(one.method, exchange.method) is not None
        and re.fullmatch(one.path, exchange.path) is not None
    )


def test_packages_tell_each_other_no_canary(evidence: Evidence) -> None:
    """Who calls whom is seen too: a direction that is not in the design would stand out."""
    wrong = [
        f"{exchange.caller} to {exchange.callee}, {exchange.path} {part}: {told(found)}"
        for exchange in evidence.between
        for part, data in parts(exchange)
        if (found := evidence.search.find(data))
    ]
    assert wrong == []
    if not evidence.house.separate:  # between processes a caller is known by its signature only
        assert {(one.caller, one.callee) for one in evidence.between if one.method != "GET"} == DIRECTIONS


def told_by_identiteit(package: str, exchanges: Iterable[Exchange]) -> values.Values:
    """Every value in the tokens, answers and logout tokens that identiteit gave to one package."""
    found = values.Values()
    for exchange in exchanges:
        asked = (exchange.caller, exchange.callee, exchange.method) == (package, "identiteit", "POST")
        if asked and exchange.path == "/identiteit/token":
            found.add(exchange.response)
        elif exchange.path in {f"/{package}/uitloggen/achterkanaal", f"/{package}/gebeurtenissen"}:
            found.add(exchange.request)
    return found


def test_identiteit_tells_two_packages_nothing_that_they_share(evidence: Evidence) -> None:
    """ID tokens, access tokens and logout tokens: session, subject and token are different for each."""
    first, second = (
        told_by_identiteit(package, evidence.between[evidence.rehearsed :])
        - told_by_identiteit(package, evidence.between[: evidence.rehearsed])
        for package in ("machtigen", "rechten")
    )
    assert min(len(first.names), len(second.names)) > 10
    assert first.names & second.names == set()


def test_refused_requests_are_not_echoed(evidence: Evidence) -> None:
    """Every operation, as stranger, person, operator and source. Other tests search logs and databases."""
    wrong = {
        f"{exchange.method} {exchange.path} {exchange.status}: {told(found)}"
        for exchange in evidence.probes
        if (found := evidence.search.find(probing.answer_of(exchange)))
        and not any(_allows(one, exchange, "response", needle.kind) for needle in found for one in ALLOWED)
    }
    assert wrong == set()
    assert {400, 401, 403, 404, 405, 422} <= set(evidence.statuses)
    assert sum(evidence.statuses.values()) > 1000


def test_exports_and_tokens_hold_no_canary(evidence: Evidence) -> None:
    """Inspection, history and use as JSON; what services received, tokens decoded."""
    exports = json.dumps(evidence.play.exports).encode()
    label = {needle.kind for needle in evidence.search.find(exports)}
    assert label <= {"label"}
    for got in evidence.play.received.values():
        assert len(got.tokens) == 4
        received = json.dumps(got.documents).encode() + b"\n" + "\n".join(got.tokens).encode()
        assert told(evidence.search.find(received)) == [], got.register


def test_what_is_published_holds_no_canary(evidence: Evidence) -> None:
    """OpenAPI documents, key sets, lists of the registry, status lists; read after the whole story."""
    endpoints = evidence.house.endpoints
    addresses = [f"{endpoints[package]}/openapi.json" for package in probing.PACKAGES]
    addresses += [
        f"{endpoints['keys']}/v1/{name}" for name in ("actoren", "doelen", "domeinen", "gebruiksgronden")
    ]
    addresses += [f"{endpoints['identiteit']}/jwks", f"{endpoints['machtigen']}/status/1"]
    addresses += [f"{endpoints[package]}/sleutels" for package in ("machtigen", "rechten")]
    for address in addresses:
        answer = evidence.house.http.get(address).raise_for_status()
        assert len(answer.content) > 100
        assert told(evidence.search.find(answer.content)) == [], address


def test_two_registers_share_nothing_about_a_person(evidence: Evidence) -> None:
    """Each with its database and all its keys."""
    assert len(evidence.registers) == 5
    for one, other in itertools.combinations(evidence.registers, 2):
        assert len(evidence.new[one].names) > 10
        assert evidence.shared(one, other) == set(), (one, other)


def test_no_register_shares_anything_with_machtigen(evidence: Evidence) -> None:
    """Row keys, references, sealed parts opened by the register; and the pseudonyms of both."""
    mine = open_machtigen(evidence.house.data)
    for register in evidence.registers:
        theirs = {pseudonym.point for pseudonym in evidence.opened[register].pseudonyms.values()}
        assert len(mine) >= 4
        assert not mine & theirs
        assert evidence.shared("machtigen", register) <= _named(evidence, register), register


def _named(evidence: Evidence, holder: str) -> set[bytes]:
    """What machtigen and this one audience may share: `sub`, `identifier`, `jti`, status index."""
    got = evidence.play.received.get(holder.split()[-1])
    if got is None:
        return set()
    allowed: set[bytes] = set()
    for token in got.tokens:
        claims = json.loads(values.from_base64(token.split(".")[1]) or b"{}")
        subjects = (claims, claims.get("represents", {}), claims.get("act", {}))
        texts = {subject.get("sub") for subject in subjects} | {claims.get("jti")}
        texts |= {detail.get("identifier") for detail in claims.get("authorization_details", ())}
        status = claims.get("status", {}).get("status_list", {})
        texts |= {status.get("uri"), str(status.get("idx", ""))}
        allowed |= {shape for text in texts if text for shape in values.shapes(text)}
    return allowed


def test_machtigen_and_a_service_share_only_what_is_named(evidence: Evidence) -> None:
    for holder in ("service studiefinanciering", "service terugbetalen"):
        shared = evidence.shared("machtigen", holder)
        assert shared
        assert shared <= _named(evidence, holder)


def test_two_services_share_nothing_about_a_person(evidence: Evidence) -> None:
    """Tokens, answers, introspection, and the pseudonyms that each opened with its own key."""
    one, other = "service studiefinanciering", "service terugbetalen"
    assert len(evidence.new[one].names) > 20
    assert evidence.shared(one, other) == set()
    for service, register in itertools.permutations(("studiefinanciering", "terugbetalen")):
        assert evidence.shared(f"service {service}", f"register {register}") == set()
        points = {pseudonym.point for pseudonym in evidence.opened[f"register {service}"].pseudonyms.values()}
        assert set(evidence.play.received[service].points) <= points, (
            "a service knows whom its register knows"
        )


def test_no_two_databases_or_logs_share_anything_about_a_person(evidence: Evidence) -> None:
    """Also those of identiteit, of the sessions of rechten, and of keys; while people are logged in and
    after. The two transcryptors note the same requests, which are about nobody."""
    for one, other in evidence.pairs():
        if not one.startswith(TRANSCRYPTOR) or not other.startswith(TRANSCRYPTOR):
            named = _named(evidence, other) | _named(evidence, one) if "machtigen" in {one, other} else set()
            assert evidence.shared(one, other) <= named, (one, other)


def test_no_database_holds_hashes_of_what_another_holds(evidence: Evidence) -> None:
    """An unsalted hash of a shared secret would join as well as the secret."""
    databases = {name for pair in evidence.pairs() for name in pair}
    hashed = {name: values.hashes(evidence.new[name].names) for name in databases}
    for one, other in itertools.permutations(databases, 2):
        assert not hashed[one] & evidence.new[other].names, (one, other)


def test_no_moment_to_the_microsecond_is_in_two_databases(evidence: Evidence) -> None:
    """Correlation by timing is outside the claim, but no request may stamp two databases alike."""
    for one, other in evidence.pairs():
        shared = evidence.new[one].moments & evidence.new[other].moments
        assert {moment for moment in shared if moment % MILLISECOND} == set(), (one, other)


def keys_client(evidence: Evidence, http: httpx2.Client, register: str) -> KeysClient:
    """The key service as a register calls it."""
    folder = evidence.house.clients / f"duo-{register}"
    return KeysClient(
        actor=evidence.house.services.actor(register),
        signing_key=SigningKey.load(folder / "jwk.json"),
        keys_url=evidence.house.endpoints["keys"],
        party_urls={party: evidence.house.endpoints[party] for party in ("t1", "t2")},
        http=http,
        clock=evidence.house.clock,
    )


def refusals(evidence: Evidence, actor: str) -> list[str]:
    """The reasons that both transcryptors noted for an actor."""
    return [
        row["reden"]
        for name, path in evidence.house.databases().items()
        if name.startswith(TRANSCRYPTOR)
        for table, row in values.rows(path)
        if table == "weigeringen" and row["actor"] == actor
    ]


@pytest.mark.parametrize(
    "doel", ["aanvullende-beurs", "recht-op-studiefinanciering", "eigen-inzage", "nieuw"]
)
def test_the_key_service_translates_between_registers_for_no_unregistered_purpose(
    evidence: Evidence, doel: str
) -> None:
    """It refuses, and it is on record."""
    opened = evidence.opened["register studiefinanciering"]
    actor = evidence.house.services.actor("studiefinanciering")
    naar = evidence.house.services.domain("terugbetalen")
    items = [encrypt(one, opened.key.public) for one in opened.pseudonyms.values()]
    before = len(refusals(evidence, actor))
    with httpx2.Client(timeout=30) as http, pytest.raises(TranslationRefused) as refused:
        keys_client(evidence, http, "studiefinanciering").transcrypt(items, naar=naar, doel=doel)
    assert refused.value.code in {"direction-not-registered", "purpose-not-registered"}
    assert refusals(evidence, actor)[before:] == [refused.value.code] * (
        len(refusals(evidence, actor)) - before
    )
    assert len(refusals(evidence, actor)) > before
    log = (evidence.house.data / "logs" / "keys.jsonl").read_text("utf-8").splitlines()
    logged = [json.loads(line) for line in log]
    assert any(one["event"] == "translation-refused" and one["reden"] == refused.value.code for one in logged)


def test_one_actor_cannot_have_the_ciphertexts_of_another_translated(evidence: Evidence) -> None:
    """Not with its own signature, not towards itself."""
    opened = evidence.opened["register studiefinanciering"]
    items = [encrypt(one, opened.key.public) for one in opened.pseudonyms.values()]
    naar = evidence.house.services.domain("inschrijvingen")
    with httpx2.Client(timeout=30) as http, pytest.raises(TranslationRefused):
        keys_client(evidence, http, "inschrijvingen").transcrypt(
            items, naar=naar, doel="recht-op-studiefinanciering"
        )


def test_two_registers_with_all_their_keys_cannot_join_their_people(evidence: Evidence) -> None:
    """The same people are in both: only the key service can say who is who, for a registered purpose."""
    for one, other in itertools.permutations(evidence.registers, 2):
        theirs = {pseudonym.point for pseudonym in evidence.opened[other].pseudonyms.values()}
        assert len(theirs) >= 2
        assert not scaled(evidence.opened[one], evidence.opened[other]) & theirs


def test_with_the_key_service_and_a_registered_purpose_they_can(evidence: Evidence) -> None:
    """The other side of the coin, without which the test before would prove nothing."""
    van, naar = evidence.opened["register studiefinanciering"], evidence.opened["register inschrijvingen"]
    items = [encrypt(one, van.key.public) for one in van.pseudonyms.values()]
    target: Domain = naar.key.domain
    with httpx2.Client(timeout=30) as http:
        client = keys_client(evidence, http, "studiefinanciering")
        translated = client.transcrypt(items, naar=target, doel="recht-op-studiefinanciering")
    joined = {decrypt(one, naar.key).point for one in translated}
    assert joined == {pseudonym.point for pseudonym in naar.pseudonyms.values()}
