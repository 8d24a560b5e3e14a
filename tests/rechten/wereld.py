"""The neighbours of rechten, in memory: they obey the real interfaces, sign with real keys, and break down.

`Wereld` simulates identiteit (OpenID Provider keys, tickets), keys (purposes, actors) and machtigen
(representation tokens, status list), and runs the real app of rechten between them.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi.testclient import TestClient

from keys.kernel.caller import assertion
from keys.kernel.jws import Jwks, SigningKey, sign, timestamp
from keys.kernel.jws.keyfile import write_secret
from keys.kernel.jws.signature import unverified_claims
from keys.kernel.pep import ActorKey, Ciphertext, Domain, Pseudonym, encrypt, group, origin_point
from keys.wire.transcrypties import PERMIT_SECONDS, TYP_HOP, TYP_PERMIT, digest_of, hop_statement
from machtigen.verifier.statuslijst import pack
from rechten.app import create_app
from rechten.inzage.bezit import prove
from rechten.settings import Settings

HOUSE = "http://huis.test"
OWN, IDENTITEIT, KEYS, MACHTIGEN = (
    f"{HOUSE}/{name}" for name in ("rechten", "identiteit", "keys", "machtigen")
)
ISSUER = f"{MACHTIGEN}/login"
LIST_URI = f"{MACHTIGEN}/status/1"
PSEUDONYM = "urn:nl-eid-gdi:1.0:id:Pseudonym"
OIN = "00000001003214345000"
DIENST = "urn:uuid:a9e17a2e-d358-406d-9d5f-ad6045f712ba"
DOEL = "aanvullende-beurs"
START = datetime(2020, 1, 1, tzinfo=UTC)

_SIGNING = {
    name: SigningKey.generate("ES256")
    for name in ("identiteit", "machtigen", "beheer", "bron", "actor", "t1", "t2", "t3")
}
IDENTITEIT_KEY = _SIGNING["identiteit"]


def actor(register: str) -> str:
    return f"oin:{OIN}:{register}"


def domein(register: str) -> Domain:
    return Domain(actor(register), register)


@dataclass
class Receipt:
    """The receipt of a translation as `keys` gives it; `permit`, `first` and `second` change what each
    signed, `signers` who signed it."""

    who: str
    register: str
    now: datetime
    permit: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    second: dict[str, Any] = field(default_factory=dict)
    signers: tuple[str, str, str] = ("actor", "t1", "t2")

    def about(self, ciphertext: Ciphertext) -> dict[str, Any]:
        claims: dict[str, Any] = {
            "iss": self.who,
            "aud": KEYS,
            "jti": secrets.token_urlsafe(24),
            "iat": timestamp(self.now),
            "exp": timestamp(self.now) + PERMIT_SECONDS,
            "van": f"{self.who}|doel:bron|v1",
            "van_epoch": 1,
            "naar": str(domein(self.register)),
            "naar_epoch": 1,
            "doel": DOEL,
            "aantal": 1,
            "paar": ["t1", "t2"],
            "items": "wat-erin-ging",
        }
        claims |= self.permit
        permit_key, *party_keys = (_SIGNING[name] for name in self.signers)
        middle, outcome = "halverwege", digest_of([ciphertext.data])
        statements = [
            {**hop_statement(claims, claims["paar"][0], 1, claims["items"], middle), **self.first},
            {**hop_statement(claims, claims["paar"][1], 2, middle, outcome), **self.second},
        ]
        return {
            "vergunning": sign(claims, permit_key, typ=TYP_PERMIT),
            "antwoorden": [
                sign(statement, key, typ=TYP_HOP)
                for statement, key in zip(statements, party_keys, strict=True)
            ],
        }


@dataclass
class Wereld:
    """`broken`: parts that do not answer (identiteit, keys, status, a register id). `late`: registers that
    take longer than anybody waits."""

    folder: Path
    klok: str | None = None
    broken: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    revoked: set[int] = field(default_factory=set)
    doelen: dict[str, dict[str, Any]] = field(default_factory=dict)
    actor_keys: dict[str, ActorKey] = field(default_factory=dict)
    names_asked: list[dict[str, Any]] = field(default_factory=list)
    database_url: str | None = None
    keys_url: str = KEYS
    machtigen_url: str = MACHTIGEN
    real_machtigen: httpx2.Client | None = None  # reaches a real `machtigen` at `machtigen_url`
    ended: dict[str, datetime] = field(default_factory=dict)  # jti of a token: since when it is revoked
    ends_asked: int = 0
    real_keys: httpx2.Client | None = None  # reaches a real `keys` at `keys_url`

    def __post_init__(self) -> None:
        for doel, categorieen in (
            (DOEL, ["toekenning", "inkomen-ouders"]),
            ("studiefinanciering", ["toekenning", "inkomen-ouders", "nationaliteit"]),
            ("diplomaregister", ["diploma"]),
            ("eigen-inzage", []),
        ):
            self.publish(doel, categorieen)
        self.app = create_app(self.settings(), httpx2.MockTransport(self._serve))
        self.client = TestClient(self.app, base_url=HOUSE, follow_redirects=False)

    @property
    def now(self) -> datetime:
        moment: datetime = self.app.state.now()
        return moment

    def settings(self) -> Settings:
        self.folder.mkdir(parents=True, exist_ok=True)
        jwks = self.folder / "beheer.jwks.json"
        jwks.write_text(json.dumps(Jwks.of(_SIGNING["beheer"]).as_dict()))
        return Settings(
            public_url=HOUSE,
            database_url=self.database_url or f"sqlite:///{self.folder}/rechten.db",
            klok=self.klok,
            sleutels_map=self.folder / "sleutels",
            beheer_jwks_file=jwks,
            log_file=self.folder / "rechten.jsonl",
            identiteit_url=IDENTITEIT,
            keys_url=self.keys_url,
            machtigen_url=self.machtigen_url,
            t1_url=f"{self.keys_url}/t1",
            t2_url=f"{self.keys_url}/t2",
            registers_map=self.folder / "registers",
            inzage_timeout_s=1.0,
        )

    def passes(self, **period: float) -> None:
        """Time goes by, for everything in this world."""
        clock = self.app.state.now.__self__
        clock._offset += timedelta(**period)

    def close(self) -> None:
        services = self.app.state.services
        services.samenstelling.close()
        services.registers.close()
        services.database.close()
        services.log.close()
        self.client.close()

    def reopened(self, klok: str | None = None) -> Wereld:
        """The same installation after a stop and a start, perhaps at another time."""
        self.close()
        return Wereld(self.folder, klok=klok, actor_keys=self.actor_keys, doelen=self.doelen)

    # keys

    def publish(self, doel: str, categorieen: list[str], tot: datetime | None = None) -> None:
        self.doelen[doel] = {
            "id": doel,
            "versie": 1,
            "uri": f"{KEYS}/doelen/{doel}/v1",
            "naam": doel.replace("-", " ").capitalize(),
            "uitleg": "Uitleg.",
            "naam_en": "",
            "uitleg_en": "",
            "wettelijke_grondslag": "Wet studiefinanciering 2000, artikel 3.1",
            "avg_grondslag": "6(1)(e)",
            "categorieen": categorieen,
            "bewaartermijn": "P7Y",
            "geldig_van": START.isoformat(),
            "geldig_tot": tot.isoformat() if tot else None,
            "goedgekeurd_door": ["a", "b"],
            "beeindigd_per": None,
            "digest": hashlib.sha256(doel.encode()).hexdigest(),
        }

    # people

    def pseudonym(self, persoon: str, register: str) -> Pseudonym:
        seed = hashlib.sha512(f"{persoon} {register}".encode()).digest()
        return Pseudonym(domein(register), origin_point(seed))

    def ciphertext(self, persoon: str, register: str) -> Ciphertext:
        return encrypt(self.pseudonym(persoon, register), self.actor_keys[register].public)

    def entry(self, persoon: str, register: str) -> dict[str, Any]:
        return self.ciphertext(persoon, register).to_alt_sub()

    # the operator and the source

    def signed(self, who: str, key: str, **claims: Any) -> dict[str, str]:
        token = assertion(who, _SIGNING[key], OWN, self.now, claims=claims or None)
        return {"Authorization": f"Bearer {token}"}

    def beheer(self, path: str, body: dict[str, Any] | None = None) -> httpx2.Response:
        url = f"/rechten/api/v1/beheer/{path}"
        return self.client.post(url, json=body, headers=self.signed("beheer", "beheer"))

    def register_body(
        self, register: str, categorieen: list[str], verplichtingen: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        return {
            "id": register,
            "naam": {"nl": f"Register {register}", "en": f"The {register} register"},
            "actor": actor(register),
            "domein": str(domein(register)),
            "categorieen": [
                {"id": one, "naam": {"nl": one.capitalize()}, "verplichting": one in verplichtingen}
                for one in categorieen
            ],
            "audience": f"https://api.duo.test/{register}",
        }

    def add_register(
        self,
        register: str,
        categorieen: list[str],
        verplichtingen: tuple[str, ...] = (),
        key: ActorKey | None = None,
        **changes: Any,
    ) -> None:
        key = key or ActorKey(domein(register), 1, group().random_scalar())
        self.actor_keys[register] = key
        folder = self.folder / "sleutels" / register
        folder.mkdir(parents=True, exist_ok=True)
        write_secret(folder / f"domein-{register}.json", json.dumps(key.to_json()).encode())
        body = {**self.register_body(register, categorieen, verplichtingen), **changes}
        assert self.beheer("registers", body).status_code == 201

    def furnish(self) -> Wereld:
        """Two registers, a source, a ground of use, and Noor's record."""
        self.add_register("studiefinanciering", ["toekenning", "inkomen-ouders", "nationaliteit"])
        self.add_register("diplomaregister", ["diploma"])
        self.add_source("bron", ["studiefinanciering", "diplomaregister"])
        self.grant("studiefinanciering", ["toekenning"])
        assert self.deliver("noor").status_code == 201
        return self

    def add_source(self, client_id: str, registers: list[str]) -> httpx2.Response:
        body = {"client_id": client_id, "naam": "DUO", "registers": registers}
        answer = self.beheer("bronnen", {**body, "jwks": Jwks.of(_SIGNING["bron"]).as_dict()})
        assert answer.status_code == 201
        return answer

    def grant(
        self, register: str, categorieen: list[str], doel: str = DOEL, **changes: Any
    ) -> httpx2.Response:
        body: dict[str, Any] = {
            "afnemer": actor(register),
            "doel": doel,
            "categorieen": categorieen,
            "geldig_van": START.isoformat(),
        }
        answer = self.beheer(f"registers/{register}/gebruiksgronden", {**body, **changes})
        assert answer.status_code == 201
        return answer

    # identiteit

    def actor_call(
        self, path: str, register: str, who: str | None = None, body: Any = None, **headers: str
    ) -> httpx2.Response:
        """A call of the register's own actor (or another one), or of the operator; POST with a body."""
        signed = self.signed(who or actor(register), "beheer" if who == "beheer" else "actor")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"/rechten/api/v1/registers/{register}/{path}"
        if body is None:
            return self.client.get(url, headers=signed)
        return self.client.post(url, json=body, headers={**signed, **named})

    def own_act(self, persoon: str, register: str, **act: Any) -> httpx2.Response:
        """An act of a person at one register, with ticket and proof as the page makes them."""
        holder = SigningKey.generate("ES256")
        url = act.pop("url", f"{OWN}/api/v1/registers/{register}/inzage/handelingen")
        headers = act.pop("headers", {})
        ticket = self.ticket(persoon, register, "inzage", cnf={"jwk": holder.public_jwk()})
        body = {"ticket": ticket, "bewijs": prove(ticket, holder, url, self.now), **act}
        path = f"/rechten/api/v1/registers/{register}/inzage/handelingen"
        return self.client.post(path, json=body, headers=headers)

    def ticket(self, persoon: str, register: str, gebruik: str = "aanmelding", **changes: Any) -> str:
        claims: dict[str, Any] = {
            "iss": IDENTITEIT,
            "aud": str(domein(register)),
            "jti": secrets.token_urlsafe(18),
            "iat": timestamp(self.now),
            "exp": timestamp(self.now) + 300,
            "gebruik": gebruik,
        }
        if "alt_sub" not in changes:
            claims["alt_sub"] = [self.entry(persoon, register)]
        claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        typ = {"aanmelding": "aanmeldticket+jwt", "inzage": "inzageticket+jwt"}[gebruik]
        return sign(claims, _SIGNING["identiteit"], typ=typ)

    def record(self, **changes: Any) -> dict[str, Any]:
        record = {
            "categorie": "toekenning",
            "waarde": {"bedrag_per_maand": 419},
            "bron": "DUO",
            "geldig_van": START.isoformat(),
            "doel": "studiefinanciering",
        }
        return {**record, **changes}

    def deliver(
        self,
        persoon: str,
        register: str = "studiefinanciering",
        *records: dict[str, Any],
        ticket: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        body = {
            "aanmelding": ticket or self.ticket(persoon, register),
            "gegevens": list(records) or [self.record()],
        }
        url = f"/rechten/api/v1/registers/{register}/gegevens"
        return self.client.post(url, json=body, headers={**self.signed("bron", "bron"), **(headers or {})})

    def inspect(self, persoon: str, register: str = "studiefinanciering", **changes: Any) -> httpx2.Response:
        """A look at one register, with ticket and proof as the page makes them."""
        holder = changes.pop("holder", None) or SigningKey.generate("ES256")
        prover = changes.pop("prover", None) or holder
        url = changes.pop("url", f"{OWN}/api/v1/registers/{register}/inzage")
        period = {name: changes.pop(name) for name in ("van", "tot") if name in changes}
        ticket = changes.pop("ticket", None)
        if ticket is None:
            ticket = self.ticket(persoon, register, "inzage", cnf={"jwk": holder.public_jwk()}, **changes)
        proof = prove(ticket, prover, url, self.now)
        body = {"ticket": ticket, "bewijs": proof, **period}
        return self.client.post(f"/rechten/api/v1/registers/{register}/inzage", json=body)

    # machtigen

    def token(
        self,
        acting: str = "anja",
        represented: str | None = "noor",
        register: str = "studiefinanciering",
        **changes: Any,
    ) -> str:
        audience = f"https://api.duo.test/{register}"
        now = timestamp(self.now)
        detail: dict[str, Any] = {
            "type": f"{MACHTIGEN}/rar/{'machtiging' if represented else 'dienst'}/v1",
            "locations": [audience],
            "dienst": DIENST,
            "actions": changes.pop("actions", ["informatie_opvragen", "zaken_regelen"]),
            "doelen": changes.pop("doelen", [DOEL]),
        }
        if represented:
            detail |= {
                "identifier": "mp_7Qd2nR9sKf0",
                "grond": "machtiging",
                "geldig_tot": "2099-01-01T00:00:00Z",
            }
        detail |= changes.pop("detail", {})
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": [audience],
            "client_id": "portaal",
            "azp": "portaal",
            "iat": now,
            "nbf": now,
            "exp": now + 300,
            "jti": secrets.token_urlsafe(16),
            "acr": "http://eidas.europa.eu/LoA/substantial",
            "scope": f"openid {DIENST}",
            "sub": f"paarsgewijs-{acting}",
            "sub_id_type": PSEUDONYM,
            "alt_sub": [self.entry(acting, register)],
            "authorization_details": [detail],
            "status": {"status_list": {"idx": 7, "uri": LIST_URI}},
        }
        if represented:
            claims["represents"] = {
                "iss": ISSUER,
                "sub": f"paarsgewijs-{represented}",
                "sub_id_type": PSEUDONYM,
                "alt_sub": [self.entry(represented, register)],
            }
        return sign({**claims, **changes}, _SIGNING["machtigen"], typ="at+jwt")

    def read(
        self,
        token: str | None = None,
        register: str = "studiefinanciering",
        doel: str = DOEL,
        *,
        categorieen: tuple[str, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        return self.client.get(
            f"/rechten/api/v1/registers/{register}/gegevens",
            params=[("doel", doel), *(("categorie", one) for one in categorieen)],
            headers={"Authorization": f"Bearer {token or self.token()}", **(headers or {})},
        )

    def own_token(
        self,
        persoon: str,
        register: str,
        who: str,
        *,
        receipt: Receipt | None = None,
        audience: str | None = None,
        **claims: Any,
    ) -> str:
        """An assertion of a registered actor that asks by itself, as after a translation by `keys`."""
        claims.setdefault("doel", DOEL)
        claims.setdefault("pseudoniem", self.entry(persoon, register))
        entry = claims["pseudoniem"]
        if entry is not None:
            made = receipt or Receipt(who, register, self.now)
            claims.setdefault("ontvangstbewijs", made.about(Ciphertext.from_alt_sub(entry)))
        present = {name: value for name, value in claims.items() if value is not None}
        at = audience or f"{OWN}/api/v1/registers/{register}"
        return assertion(who, _SIGNING["actor"], at, self.now, claims=present)

    def uses(self, persoon: str, register: str = "studiefinanciering", **period: Any) -> list[dict[str, Any]]:
        answer = self.inspect(persoon, register, **period)
        assert answer.status_code == 200
        found: list[dict[str, Any]] = answer.json()["gebruik"]
        return found

    def before(self, persoon: str, register: str = "studiefinanciering") -> list[dict[str, Any]]:
        """The uses that were there before the look that this takes."""
        look, *earlier = self.uses(persoon, register)
        assert look["rol"] == "inzage"
        return earlier

    # what the neighbours answer

    def _serve(self, request: httpx2.Request) -> httpx2.Response:
        package, _, path = request.url.path.lstrip("/").partition("/")
        if package in self.broken or (
            package == "machtigen" and "status" in self.broken and "status/" in path
        ):
            raise httpx2.ConnectError("no answer", request=request)
        if package == "keys" and self.real_keys is not None:
            return self.real_keys.send(request)
        if package == "machtigen" and self.real_machtigen is not None:
            return self.real_machtigen.send(request)
        answer = {"keys": self._keys, "machtigen": self._machtigen, "identiteit": self._identiteit}.get(
            package
        )
        return answer(path, request) if answer else self._own(path, request)

    def _own(self, path: str, request: httpx2.Request) -> httpx2.Response:
        register = path.split("/")[3] if path.startswith("api/v1/registers/") else ""
        if register in self.broken:
            raise httpx2.ConnectError("no answer", request=request)
        if register in self.late:
            raise httpx2.ReadTimeout("late", request=request)
        found = self.client.request(
            request.method,
            request.url.path,
            content=request.content,
            headers={
                "content-type": "application/json",
                **{name: value for name, value in request.headers.items() if name == "idempotency-key"},
            },
        )
        return httpx2.Response(
            found.status_code, content=found.content, headers={"content-type": "application/json"}
        )

    def _keys(self, path: str, _request: httpx2.Request) -> httpx2.Response:
        if path.startswith("v1/doelen/"):
            found = self.doelen.get(path.removeprefix("v1/doelen/"))
            return httpx2.Response(200, json=found) if found else httpx2.Response(404, json={})
        if path in {"t1/v1/sleutels", "t2/v1/sleutels"}:
            return httpx2.Response(200, json=Jwks.of(_SIGNING[path[:2]]).as_dict())
        if path.endswith("/sleutels") and OIN in path:
            return httpx2.Response(200, json=Jwks.of(_SIGNING["actor"]).as_dict())
        return httpx2.Response(404, json={"code": "not-found"})

    def _machtigen(self, path: str, request: httpx2.Request) -> httpx2.Response:
        if path.endswith(".well-known/openid-configuration"):
            return httpx2.Response(200, json={"issuer": ISSUER, "jwks_uri": f"{MACHTIGEN}/sleutels"})
        if path == "sleutels":
            return httpx2.Response(200, json=Jwks.of(_SIGNING["machtigen"]).as_dict())
        if path == "api/v1/weergavetickets":
            self.names_asked.append(json.loads(request.content))
            return httpx2.Response(200, json={"ticket": "weergave"})
        if path == "api/v1/tokeneindes":
            self.ends_asked += 1
            jti = unverified_claims(json.loads(request.content)["token"])["jti"]
            if jti not in self.ended:
                return httpx2.Response(404, json={"code": "not-found"})
            return httpx2.Response(200, json={"geeindigd_op": self.ended[jti].isoformat()})
        now = timestamp(self.now)
        claims = {
            "iss": ISSUER,
            "sub": LIST_URI,
            "iat": now,
            "exp": now + 300,
            "ttl": 30,
            "status_list": {"bits": 1, "lst": pack(65_536, self.revoked).encode()},
        }
        token = sign(claims, _SIGNING["machtigen"], typ="statuslist+jwt")
        return httpx2.Response(200, text=token, headers={"content-type": "application/statuslist+jwt"})

    def _identiteit(self, path: str, request: httpx2.Request) -> httpx2.Response:
        if path == "jwks":
            return httpx2.Response(200, json=Jwks.of(_SIGNING["identiteit"]).as_dict())
        if path == ".well-known/openid-configuration":
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint")
            paths = ("authorize", "token", "jwks", "uitloggen")
            document = {name: f"{IDENTITEIT}/{one}" for name, one in zip(names, paths, strict=True)}
            return httpx2.Response(200, json={"issuer": IDENTITEIT, **document})
        if path == "token":
            return self._login(dict(httpx2.QueryParams(request.content.decode())))
        if path == "api/v1/inzagetickets":
            return self._tickets(request)
        return httpx2.Response(404, json={})

    def _login(self, form: dict[str, str]) -> httpx2.Response:
        """The code is `<person> <nonce>`, as the browser of the test brings it."""
        persoon, nonce = form["code"].split(" ")
        claims = {
            "iss": IDENTITEIT,
            "aud": "rechten",
            "sub": secrets.token_urlsafe(8),
            "sid": f"sid-{persoon}",
            "nonce": nonce,
            "acr": "http://eidas.europa.eu/LoA/substantial",
            "iat": timestamp(self.now),
            "exp": timestamp(self.now) + 300,
        }
        id_token = sign(claims, _SIGNING["identiteit"], typ="JWT")
        return httpx2.Response(
            200, json={"id_token": id_token, "access_token": f"toegang-{persoon}", "token_type": "Bearer"}
        )

    def _tickets(self, request: httpx2.Request) -> httpx2.Response:
        persoon = request.headers["authorization"].removeprefix("Bearer toegang-")
        if persoon not in {"noor", "anja"} or "x-client-assertion" not in request.headers:
            return httpx2.Response(401, json={"code": "not-logged-in"})
        body = json.loads(request.content)
        tickets = [
            {
                "register": one,
                "ticket": self.ticket(persoon, Domain.parse(one).doel, "inzage", cnf=body["cnf"]),
            }
            for one in body["registers"]
        ]
        return httpx2.Response(200, json={"tickets": tickets, "mislukt": []})

    def log_in(self, persoon: str = "noor") -> httpx2.Response:
        """Go through the login with the browser of the test."""
        begun = self.client.get("/rechten/inloggen", params={"terug": "/rechten/inzage"})
        query = httpx2.URL(begun.headers["location"]).params
        back = {"code": f"{persoon} {query['nonce']}", "state": query["state"], "iss": IDENTITEIT}
        return self.client.get("/rechten/inloggen/terug", params=back)

    def logout_token(self, persoon: str = "noor", **changes: Any) -> str:
        claims: dict[str, Any] = {
            "iss": IDENTITEIT,
            "aud": "rechten",
            "sid": f"sid-{persoon}",
            "jti": secrets.token_urlsafe(12),
            "iat": timestamp(self.now),
            "exp": timestamp(self.now + timedelta(seconds=120)),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }
        return sign({**claims, **changes}, _SIGNING["identiteit"], typ="logout+jwt")
