"""Mail leaves once per occasion: posted with its occasion, retried, given up, and safe from a worker that dies at any line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from dot_copilot.adapters.mail.file import FileMail
from dot_copilot.adapters.mail.smtp import SmtpMail
from dot_copilot.core import links, outbox
from dot_copilot.core.clock import FixedClock
from dot_copilot.core.ports import Mail, MailMessage
from tests.support.mail import Postbox, smtp_server
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
SENDER = "Safety <safety@carrier.example>"
MESSAGE = MailMessage("ana@carrier.example", "Due", "Your card is due.")


@pytest.fixture
def server() -> Iterator[tuple[Postbox, int]]:
    with smtp_server() as running:
        yield running


class Desk:
    """The worker's side of one carrier's mail, with a clock that can be moved."""

    def __init__(self, world: World, mail: Mail) -> None:
        self.world, self.clock = world, FixedClock(world.worker.clock.now() + timedelta(seconds=5))
        self.office = outbox.Office(world.worker.database, mail, self.clock, world.worker.link_key)

    async def post(self, occasion: str, message: MailMessage = MESSAGE, **more: Any) -> bool:
        async with self.world.worker.database.job_door(self.world.carrier_id) as door:
            return await outbox.post(door, message, occasion=occasion, **more)

    async def deliver(self) -> int:
        return await outbox.deliver(self.office, self.world.carrier_id)

    async def rows(self) -> list[dict[str, Any]]:
        async with self.world.worker.database.job_door(self.world.carrier_id) as door:
            return [dict(row) for row in await door.fetch("select * from mail_outbox where carrier_id = $1", door.carrier_id)]

    def later(self, **span: int) -> None:
        self.clock.instant += timedelta(**span)


@pytest_asyncio.fixture(loop_scope="session")
async def desk(world: World, server: tuple[Postbox, int]) -> AsyncIterator[Desk]:
    yield Desk(world, SmtpMail("127.0.0.1", server[1], sender=SENDER, tls="none"))


async def test_an_occasion_is_one_mail_however_often_it_is_posted_and_delivered(desk: Desk, server: tuple[Postbox, int]) -> None:
    assert await desk.post("due:1")
    assert not await desk.post("due:1")
    assert sum(await asyncio.gather(desk.deliver(), desk.deliver())) == 1
    assert await desk.deliver() == 0
    assert len(server[0].mails) == 1
    (row,) = await desk.rows()
    assert (row["state"], row["body"], row["html"]) == ("sent", "", None), "what was sent is not kept"


async def test_a_mail_leaves_with_its_transaction_or_not_at_all(desk: Desk, server: tuple[Postbox, int]) -> None:
    async def post_and_fail() -> None:
        async with desk.world.worker.database.job_door(desk.world.carrier_id) as door:
            await outbox.post(door, MESSAGE, occasion="due:2")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await post_and_fail()
    assert await desk.deliver() == 0
    assert server[0].mails == []


async def test_what_opens_something_is_in_the_mail_and_not_in_the_database(desk: Desk, server: tuple[Postbox, int]) -> None:
    token = links.token(desk.world.worker.link_key, "reset:1")
    other = links.mark("reset:2")
    text = f"https://x/#{links.mark('reset:1')} for {other}"
    await desk.post("reset:1", MailMessage("ana@carrier.example", "x", text))
    (row,) = await desk.rows()
    assert token not in row["body"]
    await desk.deliver()
    assert token in server[0].mails[0].get_content()
    assert other in server[0].mails[0].get_content(), "what somebody typed opens nothing else"


async def test_trouble_of_the_moment_is_tried_again_later_and_less_and_less_often(
    desk: Desk, server: tuple[Postbox, int]
) -> None:
    server[0].answers += ["451 busy", "451 busy"]
    await desk.post("due:3")
    for waits in (timedelta(minutes=1), timedelta(minutes=2)):
        assert await desk.deliver() == 0
        (row,) = await desk.rows()
        assert (row["state"], row["due_at"]) == ("waiting", desk.clock.now() + waits)
        assert await desk.deliver() == 0, "not before it is due"
        desk.later(minutes=int(waits.total_seconds() // 60))
    assert await desk.deliver() == 1


async def test_it_is_given_up_after_two_days_and_can_be_sent_again_by_hand(desk: Desk, server: tuple[Postbox, int]) -> None:
    server[0].answers += ["451 busy"] * (len(outbox.WAITS) + 1)
    await desk.post("due:4")
    for _ in range(len(outbox.WAITS) + 1):
        await desk.deliver()
        desk.later(hours=8)
    (row,) = await desk.rows()
    assert row["state"] == "refused"
    assert "Given up" in row["problem"]
    async with desk.world.worker.database.job_door(desk.world.carrier_id) as door:
        assert await outbox.send_again(door, row["id"])
    assert await desk.deliver() == 1


async def test_a_refusal_is_noted_with_the_servers_words(desk: Desk, server: tuple[Postbox, int]) -> None:
    server[0].refused["ana@carrier.example"] = "550 nobody of that name"
    await desk.post("due:5")
    await desk.deliver()
    (row,) = await desk.rows()
    assert row["state"] == "refused"
    assert "nobody of that name" in row["problem"]
    desk.later(days=3)
    assert await desk.deliver() == 0


async def test_what_comes_too_late_is_not_sent(desk: Desk, server: tuple[Postbox, int]) -> None:
    await desk.post("link", good_until=desk.clock.now() + timedelta(hours=1))
    desk.later(hours=2)
    assert await desk.deliver() == 0
    assert (await desk.rows())[0]["state"] == "refused"
    assert server[0].mails == []


class Dying:
    """A worker that dies at a line: before the mark, after it, or when the server has taken the mail."""

    def __init__(self, inner: Mail, line: str) -> None:
        self.inner, self.line, self.repeatable = inner, line, inner.repeatable

    async def send(self, message: MailMessage, handing_over: Any) -> None:
        if self.line == "before":
            raise asyncio.CancelledError
        if self.line == "marked":
            await handing_over()
            raise asyncio.CancelledError
        await self.inner.send(message, handing_over)
        raise asyncio.CancelledError

    async def ready(self) -> None: ...

    async def close(self) -> None: ...


async def die(desk: Desk, line: str) -> None:
    """Delivers with a worker that dies, and waits until its claim is over."""
    with pytest.raises(asyncio.CancelledError):
        await outbox.deliver(
            outbox.Office(desk.office.database, Dying(desk.office.mail, line), desk.clock, desk.office.key), desk.world.carrier_id
        )
    assert await desk.deliver() == 0, "its claim still stands"
    desk.later(minutes=4)


async def test_a_worker_that_dies_before_the_mark_has_sent_nothing_and_another_does(
    desk: Desk, server: tuple[Postbox, int]
) -> None:
    await desk.post("due:6")
    await die(desk, "before")
    assert await desk.deliver() == 1
    assert len(server[0].mails) == 1


async def test_a_worker_that_dies_after_the_server_took_it_does_not_make_it_two(desk: Desk, server: tuple[Postbox, int]) -> None:
    await desk.post("due:7")
    await die(desk, "taken")
    assert await desk.deliver() == 0
    assert len(server[0].mails) == 1
    assert [row["state"] for row in await desk.rows()] == ["unsure"], "and says that nobody knows"


async def test_a_worker_that_dies_between_mark_and_server_leaves_it_to_people(desk: Desk, server: tuple[Postbox, int]) -> None:
    await desk.post("due:8")
    await die(desk, "marked")
    assert await desk.deliver() == 0
    (row,) = await desk.rows()
    assert row["state"] == "unsure"
    assert server[0].mails == []
    async with desk.world.worker.database.job_door(desk.world.carrier_id) as door:
        assert await outbox.send_again(door, row["id"])
    assert await desk.deliver() == 1


async def test_files_are_written_once_more_as_that_changes_nothing(world: World, tmp_path: Any) -> None:
    desk = Desk(world, FileMail(tmp_path, SENDER))
    await desk.post("due:9")
    await die(desk, "taken")
    assert await desk.deliver() == 1
    assert len(list(tmp_path.glob("*.eml"))) == 1


async def test_a_worker_that_was_slow_and_is_taken_over_hands_nothing_over(desk: Desk, server: tuple[Postbox, int]) -> None:
    await desk.post("due:10")

    class Slow(Dying):
        async def send(self, message: MailMessage, handing_over: Any) -> None:
            desk.later(minutes=4)
            assert await desk.deliver() == 1, "another worker took it"
            await self.inner.send(message, handing_over)

    slow = outbox.Office(desk.office.database, Slow(desk.office.mail, ""), desk.clock, desk.office.key)
    assert await outbox.deliver(slow, desk.world.carrier_id) == 0
    assert len(server[0].mails) == 1
    assert (await desk.rows())[0]["state"] == "sent"
