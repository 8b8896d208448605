"""Which colour serves, with what code, is kept with the home, and a home that was damaged still starts."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from dot_copilot import resources
from dot_copilot.stack import colours
from dot_copilot.stack.colours import BLUE, GREEN, NAMES, OWN, Code, Standing
from dot_copilot.stack.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def release(home: Home, version: str) -> Code:
    """A release that is there."""
    place = home.releases / version
    (place / "lib/dot_copilot").mkdir(parents=True)
    return Code(version, str(place))


def test_at_first_blue_serves_the_supervisors_own_code(home: Home) -> None:
    standing = colours.load(home)
    assert (standing.serving, standing.idle, standing.code_of(BLUE)) == (BLUE, GREEN, OWN)
    assert OWN.package == resources.PACKAGE
    assert OWN.files == resources.files()


def test_no_part_is_in_both_colours() -> None:
    assert not set(NAMES[BLUE].all) & set(NAMES[GREEN].all)


def test_what_serves_is_what_was_saved(home: Home) -> None:
    code = release(home, "1.2.3")
    before = Standing().holding(GREEN, code).served_by(GREEN)
    colours.save(home, before)
    after = colours.load(home)
    assert (after.serving, after.idle, after.code_of(GREEN), after.code_of(BLUE)) == (GREEN, BLUE, code, OWN)
    assert after.since == before.since != ""
    assert stat.S_IMODE(home.colours_file.stat().st_mode) == 0o600


def test_a_release_has_its_own_package_and_files(home: Home) -> None:
    code = release(home, "1.2.3")
    assert code.library == f"{home.releases}/1.2.3/lib"
    assert code.files == home.releases / "1.2.3/lib/dot_copilot/_files"
    assert Code("1", "/x", "/y/python").interpreter == "/y/python"


def test_a_release_that_is_gone_is_not_tried(home: Home) -> None:
    colours.save(home, Standing().holding(GREEN, Code("9", str(home.releases / "9"))).served_by(GREEN))
    found = colours.load(home)
    assert (found.serving, found.code_of(GREEN)) == (GREEN, OWN)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", json.dumps({"serving": "red", "since": "", "code": {}}), json.dumps({"serving": "blue", "code": 1})],
)
def test_a_file_that_says_nothing_is_no_file(home: Home, text: str) -> None:
    home.colours_file.write_text(text)
    assert colours.load(home) == Standing()
