"""The texts of the mails about accounts, in English and Spanish."""

from __future__ import annotations

from dot_copilot.core import links
from dot_copilot.core.ports import MailMessage

_TEXTS = {
    "invitation": {
        "en": (
            "{carrier}: your account for driver files",
            "Hello {name},\n\n{carrier} keeps its driver qualification files in DOT-Copilot, and has made an account for you.\n\n"
            "Choose your password here; the link is good once, until {until}:\n\n{link}\n\n"
            "If you do not expect this, do nothing: no account is made without you.\n",
        ),
        "es": (
            "{carrier}: su cuenta para los archivos de conductores",
            "Hola, {name}:\n\n{carrier} guarda los archivos de calificación de sus conductores en DOT-Copilot y ha preparado una "
            "cuenta para usted.\n\nElija su contraseña aquí; el enlace sirve una sola vez, hasta el {until}:\n\n{link}\n\n"
            "Si no lo esperaba, no haga nada: sin usted no se crea ninguna cuenta.\n",
        ),
    },
    "reset": {
        "en": (
            "A new password for DOT-Copilot",
            "Hello {name},\n\nsomebody, probably you, asked for a new password. Choose it here; the link is good "
            "once, for an hour:\n\n{link}\n\nIf it was not you, do nothing: your password stays as it is.\n",
        ),
        "es": (
            "Una contraseña nueva para DOT-Copilot",
            "Hola, {name}:\n\nalguien, probablemente usted, pidió una contraseña nueva. Elíjala aquí; el enlace sirve "
            "una sola vez, durante una hora:\n\n{link}\n\nSi no fue usted, no haga nada: su contraseña sigue igual.\n",
        ),
    },
    "changed": {
        "en": (
            "Your DOT-Copilot account was changed",
            "Hello {name},\n\n{what}\n\nIf it was not you, ask an administrator of {carrier} to disable your account now.\n",
        ),
        "es": (
            "Su cuenta de DOT-Copilot ha cambiado",
            "Hola, {name}:\n\n{what}\n\nSi no fue usted, pida ahora mismo a un administrador de {carrier} que desactive "
            "su cuenta.\n",
        ),
    },
}
_WHAT = {
    "password": ("Your password was changed.", "Se cambió su contraseña."),
    "totp-on": ("A code generator was set up for your account.", "Se configuró un generador de códigos para su cuenta."),
    "totp-off": ("The code generator of your account was removed.", "Se quitó el generador de códigos de su cuenta."),
    "passkey-on": ("A passkey was added to your account.", "Se añadió una llave de acceso a su cuenta."),
    "passkey-off": ("A passkey of your account was removed.", "Se quitó una llave de acceso de su cuenta."),
    "recovery": ("A recovery code of your account was used.", "Se usó un código de recuperación de su cuenta."),
}


def compose(kind: str, locale: str, to: str, *, url: str = "", token: str = "", **values: str) -> MailMessage:
    """The mail of a kind. `url` is the page that takes the token; `token` its name (`core.links`), filled in when it leaves."""
    subject, text = _TEXTS[kind]["es" if locale == "es" else "en"]
    # After the #: browsers keep that to themselves, so it is in no server's log and in no Referer.
    values["link"] = f"{url}#{links.mark(token)}" if token else ""
    plain = {name: value if name == "link" else _harmless(value) for name, value in values.items()}
    return MailMessage(to, subject.format(**plain), text.format(**plain))


def _harmless(value: str) -> str:
    """What people typed, without what would be a mark, a link or a line of its own in a mail that comes from us."""
    return " ".join(value.replace("{", "(").replace("}", ")").replace("://", " ").split())


def what(kind: str, locale: str) -> str:
    """The sentence of a mail about a change of the account."""
    return _WHAT[kind][1 if locale == "es" else 0]
