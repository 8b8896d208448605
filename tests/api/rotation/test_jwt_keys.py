"""The course of a new signing key, by way of a real OpenBao, at any hour and killed at any step."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from dot_copilot.core.tokens import SigningKey, decode_keys, in_force
from dot_copilot.rotation import jwt_keys
from dot_copilot.rotation.errors import ChangedMeanwhileError, NotAnsweringError, RotationError
from dot_copilot.rotation.jwt_keys import Times
from dot_copilot.rotation.keeper import Keeper, Kept
from dot_copilot.rotation.openbao import OpenBaoKeeper
from dot_copilot.stack import generate
from tests.api.rotation.conftest import Place
from tests.api.rotation.cut import CutKeeper, Killed, Knife

pytestmark = pytest.mark.asyncio
TIMES = Times(lead=20, tokens=1000, seals=7 * 86400)


class Day:
    """A clock that is turned by waiting."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 11, 28, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    async def wait(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)


@pytest_asyncio.fixture
async def keeper(place: Place) -> AsyncIterator[OpenBaoKeeper]:
    """With one key, as a home has it at first."""
    made = place.keeper()
    await made.write("jwt_signing_keys", generate.signing_keys(), await made.read("jwt_signing_keys"))
    yield made
    await made.close()


async def keys_of(keeper: Keeper) -> list[SigningKey]:
    kept = await keeper.read("jwt_signing_keys")
    assert kept is not None
    return decode_keys(kept.value)


async def rotate(keeper: Keeper, day: Day, *, compromised: bool = False) -> list[str]:
    said: list[str] = []
    await jwt_keys.rotate(keeper, TIMES, said.append, compromised=compromised, wait=day.wait, now=day.now)
    return said


async def test_the_new_key_is_there_before_it_signs_and_the_old_one_for_a_tokens_life_after(keeper: OpenBaoKeeper) -> None:
    day = Day()
    (old,) = await keys_of(keeper)
    began = day.now()
    await rotate(keeper, day)
    new, kept = await keys_of(keeper)
    assert (kept.kid, new.kid != old.kid) == (old.kid, True)

    def standing(seconds: float) -> list[str]:
        return [key.kid for key in in_force([new, kept], began + timedelta(seconds=seconds))]

    assert standing(1) == [old.kid, new.kid]
    assert standing(19.9) == [old.kid, new.kid]
    assert standing(20.1) == [new.kid, old.kid]
    assert standing(1019) == [new.kid, old.kid]
    assert standing(1021) == [new.kid]


async def test_a_release_that_knows_no_instants_never_signs_with_what_others_do_not_know(keeper: OpenBaoKeeper) -> None:
    day, (old,) = Day(), await keys_of(keeper)
    with pytest.raises(Killed):
        await rotate(CutKeeper(keeper, Knife(2)), day)
    assert (await keys_of(keeper))[0].kid == old.kid, "published, and the first of the list is the old one"


async def test_rotations_one_after_the_other_throw_away_what_nothing_needs(keeper: OpenBaoKeeper) -> None:
    day = Day()
    for _ in range(5):
        await rotate(keeper, day)
        day.instant += timedelta(days=3)
    keys = await keys_of(keeper)
    assert len(in_force(keys, day.now())) == 1
    assert len(keys) == 4, "what was sealed within a week is still opened"


@pytest.mark.parametrize("step", [1, 2, 3, 4])
async def test_killed_at_any_step_there_is_always_a_key_that_signs_and_the_next_run_ends_it(
    keeper: OpenBaoKeeper, step: int
) -> None:
    day, (old,) = Day(), await keys_of(keeper)
    with pytest.raises(Killed):
        await rotate(CutKeeper(keeper, Knife(step)), day)
    assert in_force(await keys_of(keeper), day.now())
    day.instant += timedelta(minutes=30)
    half = await keys_of(keeper)
    said = await rotate(keeper, day)
    keys = await keys_of(keeper)
    assert keys[0].kid != old.kid
    assert in_force(keys, day.now())[0] == keys[0]
    assert jwt_keys.coming(keys, day.now()) is None
    going_on = step in (2, 3)  # published, and not yet the first of the list
    assert said[0].startswith("going on with the rotation") is going_on
    assert (len(keys) == len(half)) is going_on, "what was begun is ended, and not begun again"


async def test_of_a_key_in_wrong_hands_nothing_is_left(keeper: OpenBaoKeeper) -> None:
    day, (old,) = Day(), await keys_of(keeper)
    said = await rotate(keeper, day, compromised=True)
    (new,) = await keys_of(keeper)
    assert new.kid != old.kid
    assert any("people's sessions go on" in line for line in said)


async def test_a_rotation_that_is_under_way_can_still_be_made_a_quick_one(keeper: OpenBaoKeeper) -> None:
    day = Day()
    with pytest.raises(Killed):
        await rotate(CutKeeper(keeper, Knife(2)), day)
    await rotate(keeper, day, compromised=True)
    assert len(await keys_of(keeper)) == 1


class Late:
    """A keeper that has read before somebody else wrote."""

    def __init__(self, keeper: OpenBaoKeeper, read: Kept | None) -> None:
        self.read_before, self.write, self.close = read, keeper.write, keeper.close

    async def read(self, _name: str) -> Kept | None:
        return self.read_before


async def test_of_two_rotations_at_once_one_makes_a_key_and_the_other_is_refused(keeper: OpenBaoKeeper) -> None:
    late = Late(keeper, await keeper.read("jwt_signing_keys"))
    await rotate(keeper, Day())
    first = await keys_of(keeper)
    with pytest.raises(ChangedMeanwhileError):
        await rotate(late, Day())
    assert await keys_of(keeper) == first


@pytest.mark.parametrize("value", ["[]", "nonsense", '{"kid": "a"}'])
async def test_a_damaged_secret_is_left_as_it_is(keeper: OpenBaoKeeper, value: str) -> None:
    await keeper.write("jwt_signing_keys", value, await keeper.read("jwt_signing_keys"))
    with pytest.raises(RotationError, match=r"damaged .* restore an earlier version"):
        await rotate(keeper, Day())
    kept = await keeper.read("jwt_signing_keys")
    assert kept is not None
    assert kept.value == value


@contextmanager
def answering(status: int, body: object) -> Iterator[str]:
    """A store that answers everything with that; its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


async def asked_there(url: str, credentials: Path) -> None:
    keeper = OpenBaoKeeper(url, credentials)
    try:
        await rotate(keeper, Day())
    finally:
        await keeper.close()


async def test_a_store_that_is_sealed_or_gone_is_said_with_what_to_do(place: Place) -> None:
    credentials = place.home.secrets / "supervisor.json"
    with (
        answering(503, {"errors": ["Vault is sealed"]}) as url,
        pytest.raises(NotAnsweringError, match="Vault is sealed") as sealed,
    ):
        await asked_there(url, credentials)
    assert "this step changed nothing. When it is back, run this again" in str(sealed.value)
    with pytest.raises(NotAnsweringError, match="the secret store does not answer"):
        await asked_there(url, credentials)
    with answering(400, {"errors": ["invalid role or secret ID"]}) as url, pytest.raises(RotationError, match="invalid role"):
        await asked_there(url, credentials)
    with pytest.raises(RotationError, match="can't be read"):
        await asked_there(url, place.home.secrets / "nothing.json")
