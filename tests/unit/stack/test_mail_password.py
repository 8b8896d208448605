"""The mail server's password on a home of one's own: kept with `put-secret`, used by whatever sends."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from dot_copilot import compose
from dot_copilot.core.ports import MailMessage
from dot_copilot.core.settings import Settings
from dot_copilot.stack.home import Home
from dot_copilot.stack.vault import Vault
from tests.support.azure import make_certificate
from tests.support.mail import smtp_server
from tests.unit.stack.test_vault import openbao, store_of

pytestmark = pytest.mark.asyncio
MESSAGE = MailMessage("ana@carrier.example", "A card runs out", "On May 3.", key="c:one")


async def nothing() -> None:
    """What the outbox would write before the mail is handed over."""


async def test_what_put_secret_keeps_signs_in_to_the_mail_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, made = Home(tmp_path / "home"), make_certificate(tmp_path)
    home.create()
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(made.pem, made.key)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.pem))
    with smtp_server(tls=served, login=("fleet", "a secret word")) as (postbox, smtp_port):
        settings = Settings(home=home.root, mail="smtp", smtp_host="127.0.0.1", smtp_port=smtp_port, smtp_user="fleet")
        async with openbao(home) as (_, port):
            store = store_of(home, port)
            with pytest.raises(RuntimeError, match="dot-copilot put-secret smtp_password"):
                await compose.mail(settings, store)
            await Vault(home, port).put("smtp_password", "a secret word")
            mail = await compose.mail(settings, store)
            await mail.ready()
            await mail.send(MESSAGE, nothing)
            await store.close()
        assert [str(one["Subject"]) for one in postbox.to("ana@carrier.example")] == ["A card runs out"]
