"""A token instead of a password: asked for once, renewed before its end, and good until its very end while Entra is silent."""

from __future__ import annotations

import asyncio

import pytest
from azure.core.credentials import AccessToken

from dot_copilot.adapters.database.entra import SCOPE, EntraPassword


class Entra:
    """A credential whose tokens are good for an hour of a clock that the test turns."""

    def __init__(self) -> None:
        self.now, self.asked, self.silent, self.closed = 1_000.0, 0, False, False

    def clock(self) -> float:
        return self.now

    async def get_token(self, scope: str) -> AccessToken:
        assert scope == SCOPE
        await asyncio.sleep(0)
        if self.silent:
            raise TimeoutError("no answer\nfrom Entra")
        self.asked += 1
        return AccessToken(f"token {self.asked}", int(self.now) + 3600)

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def entra() -> Entra:
    return Entra()


def password_of(entra: Entra) -> EntraPassword:
    return EntraPassword(lambda: entra, entra.clock)  # type: ignore[arg-type,return-value]


@pytest.mark.asyncio
async def test_a_pool_that_opens_many_connections_asks_once(entra: Entra) -> None:
    password = password_of(entra)
    assert await asyncio.gather(*(password() for _ in range(10))) == ["token 1"] * 10
    assert entra.asked == 1


@pytest.mark.asyncio
async def test_a_token_is_renewed_five_minutes_before_its_end(entra: Entra) -> None:
    password = password_of(entra)
    await password()
    entra.now += 3299
    assert await password() == "token 1"
    entra.now += 2
    assert await password() == "token 2"


@pytest.mark.asyncio
async def test_the_last_token_serves_until_its_end_while_entra_is_silent(entra: Entra) -> None:
    password = password_of(entra)
    await password()
    entra.silent = True
    entra.now += 3599
    assert await password() == "token 1"
    entra.now += 2
    with pytest.raises(ConnectionError, match="no token for the database: no answer from Entra"):
        await password()
    entra.silent = False
    assert await password() == "token 2"
    await password.close()
    assert entra.closed
