"""A transcryptor over HTTP. The batch route is lean: bytes in, one thread for the work, bytes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from anyio import to_thread
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from keys.deps import Keys, RunningParty, keys_of, require_actor_at
from keys.errors import KeyRequestInvalid, MalformedCiphertext, PartyElsewhere, UnknownDomein
from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.names import Context, Domain
from keys.pseudonyms.model import Batch
from keys.wire.transcrypties import PubliekeSleutelIn, SleuteldelenIn, TranscryptieIn, generation_of

In = TypeVar("In", bound=BaseModel)
Act = Callable[[Request, Keys, RunningParty, bytes], Response]


def routes() -> list[Route]:
    """The routes of the parties, for those that run here and those that run elsewhere."""
    paths: dict[str, tuple[str, Act]] = {
        "transcrypties": ("POST", translate),
        "sleuteldelen": ("POST", seal_shares),
        "publieke-sleutels": ("POST", state_public_key),
        "sleutels": ("GET", party_keys),
        "toezeggingen": ("GET", state_commitments),
    }
    return [
        Route(f"/keys/{{partij}}/v1/{name}", _endpoint(act), methods=[method])
        for name, (method, act) in paths.items()
    ]


def _endpoint(act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        keys = keys_of(request)
        name = str(request.path_params["partij"])
        party = keys.parties.get(name)
        if party is None:
            return _elsewhere(request, keys, name)
        body = await request.body()
        return await to_thread.run_sync(partial(act, request, keys, party, body))

    return endpoint


def _elsewhere(request: Request, keys: Keys, name: str) -> Response:
    address = keys.party_urls.get(name)
    if address is None:
        raise PartyElsewhere
    return RedirectResponse(address + request.url.path.removeprefix(f"/keys/{name}"), status_code=307)


def translate(request: Request, keys: Keys, party: RunningParty, body: bytes) -> Response:
    """Translate a batch. The very same request once more gets the very same answer."""
    caller = require_actor_at(request, party)
    given = _read(TranscryptieIn, body)
    batch = Batch(
        permit=given.vergunning,
        items=_items(given.items),
        originals=_items(given.items if given.oorspronkelijk is None else given.oorspronkelijk),
        proofs=_items(given.kennis),
        first_answer=given.eerste_antwoord,
    )
    done = party.transcryptor.translate(caller, batch, keys.now())
    return JSONResponse({"items": [to_base64url(item) for item in done.items], "antwoord": done.statement})


def _items(texts: list[str]) -> list[bytes]:
    items = []
    for index, text in enumerate(texts):
        try:
            items.append(from_base64url(text))
        except ValueError as error:
            raise MalformedCiphertext(index) from error
    return items


def state_commitments(request: Request, keys: Keys, party: RunningParty, _body: bytes) -> Response:
    """What this party commits to for a registered domain and epoch; for everybody."""
    query = request.query_params
    try:
        context = Context(Domain.parse(query.get("domein")), int(query.get("epoch", "1")))
        generation = generation_of({"generatie": int(query.get("generatie", "1"))})
    except (PepError, ValueError) as error:
        raise UnknownDomein from error
    return JSONResponse({"verklaring": party.issuer.state_commitments(context, keys.now(), generation)})


def seal_shares(request: Request, keys: Keys, party: RunningParty, body: bytes) -> Response:
    """Seal this party's shares of the caller's own key."""
    caller = require_actor_at(request, party)
    given = _read(SleuteldelenIn, body)
    sealed = party.issuer.seal_shares(caller, given.aanvraag, keys.now())
    return JSONResponse({"partij": party.partij.name, "verzegeld": to_base64url(sealed)})


def state_public_key(request: Request, keys: Keys, party: RunningParty, body: bytes) -> Response:
    """State a part of a public key, or complete the other party's part."""
    caller = require_actor_at(request, party)
    given = _read(PubliekeSleutelIn, body)
    try:
        context = Context(Domain.parse(given.domein), given.epoch)
    except PepError as error:
        raise KeyRequestInvalid from error
    stated = party.issuer.state_public_key(
        caller, context, list(given.paar), given.deel, keys.now(), given.generatie
    )
    return JSONResponse({"verklaring": stated})


def party_keys(_request: Request, keys: Keys, party: RunningParty, _body: bytes) -> Response:
    """The public keys that this party signs with."""
    return JSONResponse(keys.party_keys[party.partij.name].as_dict())


def _read(kind: type[In], body: bytes) -> In:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_input=False, include_url=False)) from error
