"""Mail to a real SMTP server: TLS, passwords, and which trouble is for good, for now, or not to be known."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

from dot_copilot.adapters.mail.console import ConsoleMail
from dot_copilot.adapters.mail.file import FileMail
from dot_copilot.adapters.mail.smtp import SmtpMail
from dot_copilot.core.ports import MailMessage, MailRefused, MailUnsure
from tests.support.azure import make_certificate
from tests.support.mail import Postbox, smtp_server

pytestmark = pytest.mark.asyncio
SENDER = "Carrier Safety <safety@carrier.example>"
MESSAGE = MailMessage("ana@carrier.example", "Su tarjeta médica", "Vence el 3 de mayo.\n", "<p>Vence</p>", key="c:one")


class Moment:
    """Stands for the mark in the outbox: how often the moment of handing over came."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> None:
        self.times += 1


@contextmanager
def plain() -> Iterator[tuple[Postbox, SmtpMail]]:
    with smtp_server() as (postbox, port):
        yield postbox, SmtpMail("127.0.0.1", port, sender=SENDER, tls="none")


async def test_a_mail_arrives_with_both_texts_and_the_same_id_each_time() -> None:
    moment = Moment()
    with plain() as (postbox, mail):
        await mail.ready()
        await mail.send(MESSAGE, moment)
        await mail.send(MESSAGE, moment)
    first, second = postbox.to("ana@carrier.example")
    assert first["Subject"] == "Su tarjeta médica"
    assert first["From"] == SENDER
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"] == second["Message-ID"]
    assert str(first["Message-ID"]).endswith("@carrier.example>")
    body = first.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Vence el 3 de mayo."
    assert moment.times == 2


async def test_a_refused_address_is_for_good_and_is_known_before_anything_is_handed_over() -> None:
    moment = Moment()
    with plain() as (postbox, mail):
        postbox.refused["ana@carrier.example"] = "550 5.1.1 nobody of that name"
        with pytest.raises(MailRefused, match="nobody of that name"):
            await mail.send(MESSAGE, moment)
        postbox.refused["ana@carrier.example"] = "451 4.7.1 come back later"
        with pytest.raises(ConnectionError, match="later"):
            await mail.send(MESSAGE, moment)
    assert moment.times == 0


@pytest.mark.parametrize(("answer", "raised"), [("554 5.7.1 spam", MailRefused), ("452 4.3.1 disk full", ConnectionError)])
async def test_a_server_that_answers_the_message_has_decided(answer: str, raised: type[Exception]) -> None:
    with plain() as (postbox, mail):
        postbox.answers.append(answer)
        with pytest.raises(raised):
            await mail.send(MESSAGE, Moment())
        assert postbox.mails == []


async def test_a_server_that_hangs_up_in_the_middle_leaves_it_open() -> None:
    with plain() as (postbox, mail):
        postbox.drop = True
        with pytest.raises(MailUnsure):
            await mail.send(MESSAGE, Moment())


async def test_a_server_that_is_not_there_is_for_now() -> None:
    with smtp_server() as (_, port):
        pass
    with pytest.raises(ConnectionError):
        await SmtpMail("127.0.0.1", port, sender=SENDER, tls="none").send(MESSAGE, Moment())


# What it calls not requiring TLS is STARTTLS: that server has TLS from the first byte.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize("implicit", [False, True])
async def test_a_password_goes_over_tls_alone_and_the_certificate_must_be_trusted(tmp_path: Path, *, implicit: bool) -> None:
    made = make_certificate(tmp_path)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(made.pem, made.key)
    tls: Literal["implicit", "starttls"] = "implicit" if implicit else "starttls"
    with smtp_server(tls=served, implicit=implicit, login=("dot", "a secret word")) as (postbox, port):
        trusted = ssl.create_default_context(cafile=made.pem)
        good = SmtpMail("127.0.0.1", port, sender=SENDER, tls=tls, user="dot", password="a secret word", trusted=trusted)
        await good.send(MESSAGE, Moment())
        assert len(postbox.mails) == 1
        with pytest.raises(ConnectionError) as untrusted:
            await SmtpMail("127.0.0.1", port, sender=SENDER, tls=tls, user="dot", password="a secret word").ready()
        wrong = SmtpMail("127.0.0.1", port, sender=SENDER, tls=tls, user="dot", password="another secret", trusted=trusted)
        with pytest.raises(ConnectionError) as refused:
            await wrong.ready()
    assert "secret" not in str(untrusted.value) + str(refused.value)
    with pytest.raises(ValueError, match="never sent in clear"):
        SmtpMail("127.0.0.1", port, sender=SENDER, tls="none", user="dot", password="a secret word")


@pytest.mark.parametrize("to", ["ana@carrier.example\r\nBcc: everybody@else.example", "ana\n@carrier.example"])
async def test_nobody_writes_headers_through_an_address(to: str, tmp_path: Path) -> None:
    with plain() as (postbox, mail):
        with pytest.raises(MailRefused):
            await mail.send(MailMessage(to, "x", "x", key="k"), Moment())
        assert postbox.mails == []
    sneaky = MailMessage("ana@carrier.example", "Due\r\nBcc: everybody@else.example", "x", key="k")
    await FileMail(tmp_path, SENDER).send(sneaky, Moment())
    (file,) = tmp_path.glob("*.eml")
    assert "\nBcc:" not in file.read_text()


async def test_the_same_mail_is_one_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    mail = FileMail(tmp_path / "mail", SENDER)
    await mail.send(MESSAGE, Moment())
    await mail.send(MESSAGE, Moment())
    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert file.stat().st_mode & 0o077 == 0
    assert mail.repeatable


async def test_the_console_prints_what_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    await ConsoleMail(SENDER).send(MailMessage("ana@carrier.example", "Hello", "Some words", key="k"), Moment())
    assert "Some words" in capsys.readouterr().err
