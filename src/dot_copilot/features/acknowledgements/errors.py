"""What can go wrong with forms and signatures."""

from __future__ import annotations

from dot_copilot.core.errors import Conflict, NotFound


class FormNotFound(NotFound):
    slug, title = "form-not-found", "There is no such form"

    def __init__(self) -> None:
        super().__init__("There is no form of this id. It may have been retired; reload the list.")


class FormChanged(Conflict):
    slug, title = "form-changed", "The text has changed"

    def __init__(self) -> None:
        super().__init__("The text was changed after you had read it, so nothing was signed. Read the new one, then sign it.")


class NotOfThisDriver(Conflict):
    slug, title = "nothing-to-sign", "There is nothing to sign here"

    def __init__(self) -> None:
        super().__init__("This form is not meant for your file, or it is signed already. Nothing was changed.")
