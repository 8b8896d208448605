"""What can go wrong with people and their sessions."""

from __future__ import annotations

from dot_copilot.core.errors import Conflict, Forbidden, TooManyRequests, Unauthorized


class WrongCredentials(Unauthorized):
    """The same for an unknown address and for a wrong password, so that neither can be told from the other."""

    slug, title = "wrong-credentials", "The address or the password is wrong"


class Locked(TooManyRequests):
    """Too many failures of one address, whether or not anyone has it. `Retry-After` says when it opens."""

    slug, title = "locked", "Sign-in is locked for a while"


class AccountDisabled(Forbidden):
    """Told only to someone who knows the password."""

    slug, title = "account-disabled", "This account has been disabled"


class AccountExpired(Forbidden):
    """Told only to someone who knows the password."""

    slug, title = "account-expired", "This account's time has run out"


class PasswordChangeRequired(Forbidden):
    """A one-time password signs in only together with the one that replaces it (`new_password`)."""

    slug, title = "password-change-required", "Choose a password of your own"


class PasswordExpired(Forbidden):
    """The one-time password was not used in time."""

    slug, title = "one-time-password-expired", "The one-time password has run out"


class SessionEnded(Unauthorized):
    """The refresh cookie is absent, unknown, replaced, or of a session that has ended."""

    slug, title = "session-ended", "Sign in again"


class CrossSite(Forbidden):
    """Another site's page sent the request (CSRF)."""

    slug, title = "cross-site", "This request came from another site"


class LastAdmin(Conflict):
    """Nobody would be left to administer the carrier."""

    slug, title = "last-admin", "A carrier needs an active administrator"


class EmailTaken(Conflict):
    """An address signs in to one account only."""

    slug, title = "email-taken", "This address has an account"
