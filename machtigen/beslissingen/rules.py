"""Pure reading of AuthZEN requests (Authorization API 1.0, sections 6 to 8). Unknown fields mean nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from machtigen.beslissingen.model import Action, Batch, Context, Evaluation, Page, Resource, Search, Subject
from machtigen.errors import MalformedQuestion

TEXT = 300  # characters of an identifier at most
LINKS = 5  # parties in `represents` at most
ITEMS = 1000  # questions in a batch at most
PAGE = 100
SEMANTICS: Mapping[str, bool | None] = {
    "execute_all": None,
    "deny_on_first_deny": False,
    "permit_on_first_permit": True,
}
REQUIRED = {"subject": ("type", "id"), "action": ("name",), "resource": ("type", "id")}
Entity = dict[str, Any]
Text = Annotated[str, Meta(min_length=1, max_length=TEXT)]


class _Represents(Struct, frozen=True):
    sub: Text
    represents: _Represents | None = None


class _About(Struct, frozen=True):
    acr: Text | None = None
    represents: _Represents | None = None


class _Who(Struct, frozen=True):
    type: Text
    id: Text
    properties: _About = _About()


class _What(Struct, frozen=True):
    name: Text
    properties: None = None


class _Where(Struct, frozen=True):
    type: Text
    id: Text
    properties: None = None


class _Usual(Struct, frozen=True):
    """A question that says no more than who, for whom, what and where; other members mean nothing."""

    subject: _Who
    action: _What
    resource: _Where
    context: None = None


class _Unusual(Exception):
    """It is to be read in the general way."""


_read_usual = msgspec.json.Decoder(_Usual).decode
_read = msgspec.json.Decoder().decode
_write = msgspec.json.Encoder().encode


def read_body(content_type: str, body: bytes) -> Entity:
    """A JSON object. Raises MalformedQuestion."""
    _require_json(content_type)
    try:
        found = _read(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedQuestion from error
    return _object(found)


def read_question(content_type: str, body: bytes) -> Evaluation:
    """A question by itself. Raises MalformedQuestion.

    The form that nearly all have is read straight into its fields; every other in the way of
    `read_evaluation`, which decides what is malformed.
    """
    _require_json(content_type)
    try:
        return _of_usual_form(_read_usual(body))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, _Unusual):
        return read_evaluation(read_body(content_type, body))


def _of_usual_form(found: _Usual) -> Evaluation:
    subject, resource, about = found.subject, found.resource, found.subject.properties
    represents: list[str] = []
    deeper = about.represents
    while deeper is not None:
        represents.append(deeper.sub)
        deeper = deeper.represents
    action, acr = found.action.name, about.acr
    texts = (subject.type, subject.id, action, resource.type, resource.id, acr or "", *represents)
    if len(represents) > LINKS or not all(map(str.isprintable, texts)):
        raise _Unusual
    return Evaluation(
        Subject(subject.type, subject.id, acr, tuple(represents)), Action(action),
        Resource(resource.type, resource.id),
    )  # fmt: skip


def write_body(answer: Mapping[str, Any]) -> bytes:
    """An answer as JSON without spaces: the same answer is always the same bytes, whoever asks."""
    return _write(answer)


def read_evaluation(body: Entity) -> Evaluation:
    """A question with all its parts. Raises MalformedQuestion."""
    return _evaluation(body, wanted="")


def read_search(body: Entity, wanted: str) -> Search:
    """A search for `subject`, `resource` or `action`: what is sought needs no id, and one is passed over."""
    return Search(_evaluation(body, wanted), _page(body.get("page")))


def read_batch(body: Entity) -> Batch | None:
    """The questions of a batch, completed with what stands above them; None when it asks only one thing."""
    asked = body.get("evaluations")
    if asked is None or asked == []:
        return None
    if not isinstance(asked, list) or len(asked) > ITEMS:
        raise MalformedQuestion
    options = _optional_object(body.get("options"))
    semantic = options.get("evaluations_semantic", "execute_all")
    if not isinstance(semantic, str) or semantic not in SEMANTICS:
        raise MalformedQuestion
    defaults = {name: _object(body[name]) for name in (*REQUIRED, "context") if body.get(name) is not None}
    return Batch(tuple(_item(one, defaults) for one in asked), SEMANTICS[semantic])


def _item(item: object, defaults: Entity) -> Evaluation | None:
    """An entity of the item stands instead of the default one, save for a required field it leaves out."""
    if not isinstance(item, dict):
        return None
    whole = {**defaults, **{name: value for name, value in item.items() if value is not None}}
    for name, fields in REQUIRED.items():
        own, default = item.get(name), defaults.get(name, {})
        if isinstance(own, dict):
            whole[name] = {**{one: default[one] for one in fields if one in default}, **own}
    try:
        return _evaluation(whole, wanted="")
    except MalformedQuestion:
        return None


def _evaluation(body: Entity, wanted: str) -> Evaluation:
    subject, resource = _object(body.get("subject")), _object(body.get("resource"))
    action = {} if wanted == "action" else _object(body.get("action"))
    about = _optional_object(subject.get("properties"))
    limits = _optional_object(resource.get("properties"))
    doing = _optional_object(action.get("properties"))
    context = _optional_object(body.get("context"))
    return Evaluation(
        subject=Subject(
            type=_text(subject.get("type")),
            id=None if wanted == "subject" else _text(subject.get("id")),
            acr=_optional_text(about.get("acr")),
            represents=_path(about.get("represents")),
        ),
        action=Action(
            name=None if wanted == "action" else _text(action.get("name")),
            processing_activity_id=_optional_text(doing.get("processing_activity_id")),
            algorithm_id=_optional_text(doing.get("algorithm_id")),
        ),
        resource=Resource(
            type=_text(resource.get("type")),
            id=None if wanted == "resource" else _text(resource.get("id")),
            zaak=_optional_text(limits.get("zaak", context.get("zaak"))),
        ),
        context=Context(
            purpose=_optional_text(context.get("purpose")),
            time=_optional_text(context.get("time")),
            traceparent=_optional_text(context.get("traceparent")),
        ),
    )


def _path(value: object) -> tuple[str, ...]:
    """`represents` (NL GOV OIDC): the deepest is who is represented."""
    found: list[str] = []
    while value is not None:
        entry = _object(value)
        found.append(_text(entry.get("sub")))
        if len(found) > LINKS:
            raise MalformedQuestion
        value = entry.get("represents")
    return tuple(found)


def _page(value: object) -> Page:
    page = _optional_object(value)
    limit = page.get("limit", PAGE)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise MalformedQuestion
    token = page.get("token", page.get("next_token"))
    return Page(min(limit, PAGE), _optional_text(token) or None)


def _require_json(content_type: str) -> None:
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise MalformedQuestion


def _object(value: object) -> Entity:
    if not isinstance(value, dict):
        raise MalformedQuestion
    return value


def _optional_object(value: object) -> Entity:
    return {} if value is None else _object(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= TEXT or not value.isprintable():
        raise MalformedQuestion
    return value


def _optional_text(value: object) -> str | None:
    if value is None or value == "":
        return None
    return _text(value)
