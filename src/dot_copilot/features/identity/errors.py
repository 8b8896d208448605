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


class LinkWorthless(Conflict):
    """Used, replaced by a newer one, taken back, or too old; which of these is nobody's business."""

    slug, title = "link-worthless", "This link is no longer good"


class InvitationOpen(Conflict):
    """The address has an invitation that waits."""

    slug, title = "invitation-open", "This address has been invited already"


class SecondFactorRequired(Forbidden):
    """The password is right; a code of the generator, or a recovery code, goes with it (`code`)."""

    slug, title = "second-factor-required", "Enter a code too"


class SecondFactorWrong(Forbidden):
    """The code is not right, or was used before."""

    slug, title = "second-factor-wrong", "The code is not right"


class SecondFactorMissing(Forbidden):
    """The carrier lets nobody of this role in with a password alone, and the person has nothing else yet."""

    slug, title = "second-factor-missing", "Your carrier asks for a second factor"


class ConfirmFirst(Forbidden):
    """What is sensitive wants that the person showed who they are a moment ago."""

    slug, title = "confirm-first", "Show that it is you"


class PasskeyWrong(Forbidden):
    """The authenticator's answer is not right, is too old, or comes from one that nobody here has (any more)."""

    slug, title = "passkey-wrong", "This passkey is not good here"


class PasskeyRequired(Forbidden):
    """The password is right; the carrier wants a second factor of the role, and the person has passkeys alone."""

    slug, title = "passkey-required", "Sign in with your passkey"


class PasskeyKnown(Conflict):
    """The authenticator's credential was added before."""

    slug, title = "passkey-known", "This passkey was added before"


class TooManyPasskeys(Conflict):
    """Nobody needs as many."""

    slug, title = "too-many-passkeys", "There are as many passkeys as one person may have"


class LastFactor(Conflict):
    """Without it the person could not sign in as the carrier wants it."""

    slug, title = "last-second-factor", "This is your only second factor"


class PasskeysNeedName(Conflict):
    """This installation is reached at an address of digits, which passkeys can't be bound to."""

    slug, title = "passkeys-need-a-name", "Passkeys need a host name"
