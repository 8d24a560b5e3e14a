"""A service that lets people in through machtigen, for themselves or for another. Make it yours.

    pip install machtigen authlib       # and libsodium, to open pseudonyms: apt install libsodium23
    python voorbeeld.py

It reads client.json, jwk.json, domein.json and lokaal.key from the folder it stands in, prints an
address to log in at, takes the answer, and says who came and for whom. Nobody but you can open the
pseudonyms: machtigen, which made the token, never saw them.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from authlib.integrations.httpx_client import OAuth2Client, OAuthError
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from machtigen.verifier import CouldNotCheck, InvalidEvidence, Verifier, Vertegenwoordiging
from machtigen.verifier.pseudonyms import Opener

FOLDER = Path(__file__).resolve().parent
CLIENT: dict[str, Any] = json.loads((FOLDER / "client.json").read_text("utf-8"))
ISSUER, AUDIENCE = CLIENT["issuer"], CLIENT["audience"]
DIENST, DOEL, REDIRECT = CLIENT["diensten"][0], CLIENT["doelen"][0], CLIENT["redirect_uris"][0]


class LoginRefused(Exception):
    """What came back does not belong to what we asked; the person starts again."""


def make_client(metadata: dict[str, Any]) -> OAuth2Client:
    """An OAuth client that proves itself with our key (private_key_jwt) and uses PKCE S256."""
    private = json.loads((FOLDER / "jwk.json").read_text("utf-8"))
    client = OAuth2Client(
        CLIENT["client_id"],
        jwk.import_key(private),
        token_endpoint_auth_method="private_key_jwt",
        code_challenge_method="S256",
        redirect_uri=REDIRECT,
        scope=f"openid {DIENST}",
    )
    proof = PrivateKeyJWT(metadata["token_endpoint"], alg=private["alg"], headers={"kid": private["kid"]})
    client.register_client_auth_method(proof)
    return client


def log_in(metadata: dict[str, Any]) -> str:
    """Send a person to log in and take the answer; the representation token."""
    client = make_client(metadata)
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    url, state = client.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    print(f"Open this address and log in:\n\n    {url}\n", flush=True)
    answer = receive()
    fields = parse_qs(urlsplit(answer).query)
    if fields.get("state") != [state] or fields.get("iss") != [ISSUER]:
        raise LoginRefused("state or issuer differ")
    if "error" in fields:
        raise LoginRefused(fields["error"][0])
    tokens = client.fetch_token(
        metadata["token_endpoint"], authorization_response=answer, state=state, code_verifier=verifier
    )
    check_id_token(tokens["id_token"], nonce, metadata)
    return str(tokens["access_token"])


def check_id_token(id_token: str, nonce: str, metadata: dict[str, Any]) -> None:
    """OIDC Core section 3.1.3.7: of this issuer, for us, now, and for the login that we began."""
    keys = jwk.KeySet.import_key_set(httpx2.get(metadata["jwks_uri"]).json())
    claims = jwt.decode(id_token, keys, algorithms=["PS256", "ES256"]).claims
    wanted = {"iss": ISSUER, "aud": CLIENT["client_id"], "nonce": nonce}
    essential = {name: {"essential": True, "value": value} for name, value in wanted.items()}
    jwt.JWTClaimsRegistry(leeway=10, exp={"essential": True}, **essential).validate(claims)  # type: ignore[arg-type]


def receive() -> str:
    """The address that the browser comes back to: heard on loopback, otherwise pasted by hand."""
    place = urlsplit(REDIRECT)
    if place.scheme != "http":
        return input("Paste the address that your browser came back to: ").strip()
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Take note of the address when it is ours."""
            if urlsplit(self.path).path == place.path:
                heard.append(f"{place.scheme}://{place.netloc}{self.path}")
            self.send_response(200 if heard else 404)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"Back at the service. You can close this page.\n")

        def log_message(self, *_: object) -> None:
            """Say nothing: the address holds a code."""

    with HTTPServer((place.hostname or "127.0.0.1", place.port or 80), Handler) as server:
        while not heard:
            server.handle_request()
    return heard[0]


def describe(verified: Vertegenwoordiging) -> None:
    """Who came, for whom, for what, and as whom we know them ourselves."""
    ours = Opener.from_folder(FOLDER).open(verified)
    print(f"acts:        {verified.persoon.sub} (ours: {ours.persoon.pid})")
    print(f"on behalf:   {verified.vertegenwoordigde.sub} (ours: {ours.vertegenwoordigde.pid})")
    print(f"themself:    {'yes' if verified.namens_zelf else 'no'}")
    print(f"actions:     {', '.join(sorted(verified.actions))}")
    print(f"level:       {verified.acr}")
    print(f"until:       {verified.geldig_tot or verified.verloopt_op}")
    may = verified.allows("informatie_opvragen", DIENST, DOEL)
    print(f"may look:    {'yes' if may else 'no'}")


def main() -> int:
    """0: let in; 1: refused; 2: could not be checked, which is not the same."""
    options = argparse.ArgumentParser(description="Log in at machtigen and check what comes back.")
    options.add_argument("--bewaar", type=Path, help="keep the token in this file, to try things with it")
    chosen = options.parse_args()
    try:
        metadata = httpx2.get(f"{ISSUER}/.well-known/openid-configuration").raise_for_status().json()
        token = log_in(metadata)
        verified = Verifier(issuer=ISSUER, audience=AUDIENCE).verify(token)
        describe(verified)
    except (InvalidEvidence, LoginRefused, OAuthError, JoseError) as error:
        print(f"Refused: {error}", file=sys.stderr)
        return 1
    except (CouldNotCheck, httpx2.HTTPError) as error:
        print(f"Could not check, try again later: {error}", file=sys.stderr)
        return 2
    if chosen.bewaar:
        handle = os.open(chosen.bewaar, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w", encoding="ascii") as file:
            file.write(token)
        print(f"The token lies in {chosen.bewaar} and is good for five minutes. Show it to nobody.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
