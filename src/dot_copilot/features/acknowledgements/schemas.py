"""What forms and signatures look like over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dot_copilot.features.documents.schemas import RequirementKey

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200, pattern=r"^[^\x00]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=20, max_length=20_000, pattern=r"^[^\x00]*$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=120, pattern=r"^[^\x00]*$")]
Coordinate = Annotated[int, Field(ge=0, le=1000)]
Stroke = Annotated[list[tuple[Coordinate, Coordinate]], Field(min_length=1, max_length=2000)]
Strokes = Annotated[list[Stroke], Field(max_length=80)]


class Words(BaseModel):
    """A title and what is acknowledged, in one language."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    text: Text


class FormWords(BaseModel):
    """What drivers read. Without Spanish, Spanish readers get the English."""

    model_config = ConfigDict(extra="forbid")

    en: Words
    es: Words | None = None


class FormCreate(BaseModel):
    """A form, and the requirement that its signature is evidence of."""

    model_config = ConfigDict(extra="forbid")

    requirement: RequirementKey
    words: FormWords


class FormChange(BaseModel):
    """A new version. `ask_again`: those who signed an earlier one are asked for this one too."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(description="The version that is changed, to notice that somebody else was faster")
    words: FormWords
    ask_again: bool


class Form(BaseModel):
    """A form as it is now, and how many of those it is meant for have signed."""

    id: UUID
    requirement: str
    version: int
    words: FormWords
    created_at: datetime
    retired_at: datetime | None
    signed: int = Field(description="Employed drivers with a signature that counts")
    wanted: int = Field(description="Drivers to whom the requirement applies today")


class FormList(BaseModel):
    """Oldest first; retired ones last."""

    items: list[Form]


class Suggestion(BaseModel):
    """A text to begin with, for a requirement that is proved by a signature."""

    requirement: str
    words: FormWords


class SuggestionList(BaseModel):
    """By requirement."""

    items: list[Suggestion]


class Signer(BaseModel):
    """An employed driver, and when they signed; null: they have not."""

    driver_id: UUID
    employee_id: str
    first_name: str
    last_name: str
    terminal_name: str
    signed_on: date | None


class SignerList(BaseModel):
    """Drivers to whom the requirement applies, by name."""

    items: list[Signer]
    next_cursor: str | None
    total: int


class ToSign(BaseModel):
    """What the caller, a driver, is asked to sign, in the language of the request."""

    form_id: UUID
    version: int
    requirement: str
    title: str
    text: str
    sha256: str = Field(description="Hex, of title, a line feed and text in UTF-8: the signature names it")


class ToSignList(BaseModel):
    """In the order in which they were made."""

    items: list[ToSign]


class Signature(BaseModel):
    """What a driver signs with. The typed name is the signature; a drawing may stand beside it."""

    model_config = ConfigDict(extra="forbid")

    version: int
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    name: Name
    agreed: bool
    strokes: Strokes = Field(default_factory=list, description="Lines of points, 0 to 1000 from left and top of a 3:1 field")
