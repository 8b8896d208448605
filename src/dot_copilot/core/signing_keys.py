"""The signing keys of a process: every ring it signs and verifies with, brought up to date together (ADR 23)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from dot_copilot.core.ports import SecretStore
from dot_copilot.core.secret_watch import SecretWatch
from dot_copilot.core.tokens import API_AUDIENCE, KeyRing, decode_keys, in_force

SECRET = "jwt_signing_keys"  # noqa: S105 - the name of a secret, not its value


class SigningKeys:
    """Rings of one issuer. `changed` are told, without an await, when a key has come, has begun to sign, or was retired."""

    def __init__(self, text: str, *, store: SecretStore, issuer: str, watch: SecretWatch) -> None:
        self._text, self._store, self._issuer, self._watch = text, store, issuer, watch
        self._keys = decode_keys(text)
        self._rings: list[KeyRing] = []
        self._changed: list[Callable[[], None]] = []
        self._stands = self._standing()
        watch.follow(self.renew)
        watch.tick(self.turn)

    @classmethod
    async def open(cls, store: SecretStore, *, issuer: str, watch: SecretWatch) -> SigningKeys:
        """The keys as the store has them; raises what it raises, `KeyError` when it has none."""
        return cls(await store.get(SECRET), store=store, issuer=issuer, watch=watch)

    def ring(self, audience: str = API_AUDIENCE) -> KeyRing:
        """A further ring, which follows from now on and asks at once for a key it does not know."""
        ring = KeyRing(self._text, issuer=self._issuer, audience=audience)
        ring.learn = self._watch.look
        self._rings.append(ring)
        return ring

    def on_change(self, changed: Callable[[], None]) -> None:
        """Calls `changed` after each change."""
        self._changed.append(changed)

    def seals(self) -> list[bytes]:
        """What sealed values are made from: of the key that signs first, then of every other that the store still holds.

        What is sealed lives for longer than a token, so a retired key opens it as long as it is kept.
        """
        keys = self._keys
        good = in_force(keys, datetime.now(UTC)) or keys
        return [key.private_pem.encode() for key in [*good, *(key for key in keys if key not in good)]]

    async def renew(self) -> None:
        """Asks the store, and goes by what it says. `ValueError` for a value that is not usable, which changes nothing."""
        text = await self._store.fresh(SECRET)
        if text != self._text:
            KeyRing(text, issuer=self._issuer)
            self._text, self._keys = text, decode_keys(text)
        self.turn()

    def turn(self) -> None:
        """Keys whose time has come sign, and those whose time is over are retired, by the clock alone."""
        stands = self._standing()
        if stands == self._stands or not stands[0]:
            return  # with all of them retired, by a hand that wrote the store, the last one serves
        for ring in self._rings:
            ring.load(self._text)
        self._stands = stands
        for changed in self._changed:
            changed()

    def _standing(self) -> tuple[list[str], list[str]]:
        return [key.kid for key in in_force(self._keys, datetime.now(UTC))], [key.kid for key in self._keys]
