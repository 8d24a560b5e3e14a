"""The answer to a check by a person."""

from __future__ import annotations

from pydantic import BaseModel


class UitlegWire(BaseModel):
    """A reason or a kind of representative in words: Dutch and English."""

    code: str
    nl: str
    en: str


class ToetsWire(BaseModel):
    """Whether it is allowed; if not, every reason, and by kind who could be competent."""

    toegestaan: bool
    redenen: list[UitlegWire]
    bevoegd: list[UitlegWire]
