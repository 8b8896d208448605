"""Migrations form one line, and the quick check knows its end."""

from __future__ import annotations

import re

from alembic.config import Config
from alembic.script import ScriptDirectory

from dot_copilot.migrate import MIGRATIONS, newest_revision


def script() -> ScriptDirectory:
    """The migrations as Alembic sees them."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def test_the_newest_revision_is_alembics_only_head() -> None:
    assert script().get_heads() == [newest_revision()]


def test_migrations_form_one_numbered_line() -> None:
    revisions = [revision.revision for revision in script().walk_revisions()][::-1]
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    for revision in script().walk_revisions():
        assert re.match(rf"{revision.revision}_[a-z0-9_]+\.py$", revision.path.rsplit("/", 1)[1])
        assert revision.doc
    assert script().get_bases() == ["0001"]
