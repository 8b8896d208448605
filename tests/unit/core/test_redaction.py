"""What people entered is kept out of logs, whoever quotes it there."""

from __future__ import annotations

import asyncpg
import pytest
from pydantic import BaseModel, ValidationError

from dot_copilot.core.redaction import redact


class Person(BaseModel):
    name: int


def test_a_row_that_the_database_refuses_is_not_told() -> None:
    error = asyncpg.CheckViolationError("new row violates a constraint")
    error.detail = "Failing row contains (7, Zebulon\nQ. Pumpernickel, z@example.com)."
    error.hint = "Look at the constraint."
    told = redact(str(error))
    assert "Pumpernickel" not in told
    assert "Zebulon" not in told
    assert "new row violates a constraint" in told
    assert "Look at the constraint." in told


def test_one_error_after_the_other_is_cleaned_each_for_itself() -> None:
    text = "first\nDETAIL:  Key (a)=(Ana) exists.\n\nDuring handling of the above exception\nDETAIL:  Key (b)=(Bo) exists."
    told = redact(text)
    assert "Ana" not in told
    assert "Bo)" not in told
    assert "During handling" in told


def test_a_value_that_a_model_refuses_is_not_told() -> None:
    with pytest.raises(ValidationError) as caught:
        Person(name="Zebulon, the elder")  # type: ignore[arg-type]
    told = redact(str(caught.value))
    assert "Zebulon" not in told
    assert "input_type=str" in told


def test_other_text_stays_as_it_is() -> None:
    for text in ("12 details of a DETAIL: in the middle", "input_value is a word", "", "a\nb"):
        assert redact(text) == text
