"""Shapes that several messages share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
CategorieId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
ActorId = Annotated[str, StringConstraints(pattern=r"^oin:[0-9]{20}:[a-z0-9-]{1,64}$")]
Tekst = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=16_384)]
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]  # stays a datetime in every offset


class Wire(BaseModel):
    """What comes in: unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


class View(BaseModel):
    """What goes out; a reader ignores members that it does not know."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class Naam(Wire):
    """A name in Dutch and, where there is one, in English."""

    nl: Tekst
    en: Tekst | None = Field(default=None)

    def texts(self) -> dict[str, str]:
        """By language."""
        return {"nl": self.nl, "en": self.en} if self.en else {"nl": self.nl}
