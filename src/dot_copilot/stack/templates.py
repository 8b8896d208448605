"""Configuration files are templates in `deploy/`, filled for one home."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dot_copilot.stack.errors import StackError

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def render(template: str, values: Mapping[str, str]) -> str:
    """Fill every `{{name}}`; a name without a value is an error."""

    def fill(match: re.Match[str]) -> str:
        try:
            return values[match.group(1)]
        except KeyError:
            raise StackError(f"a template asks for {match.group(0)}, which nobody provides") from None

    return _PLACEHOLDER.sub(fill, template)
