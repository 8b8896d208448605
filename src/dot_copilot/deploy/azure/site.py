"""What App Service itself says of a site and its slot, and what it is told to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dot_copilot.deploy.azure.az import Az, AzError
from dot_copilot.deploy.azure.place import SLOT, Place
from dot_copilot.deploy.errors import RefusedError, StepFailedError

_DATABASE = ("DOT_DATABASE_HOST", "DOT_DATABASE_PORT", "DOT_DATABASE_NAME", "DOT_DATABASE_TLS")
_SECRETS = ("DOT_SECRETS_BACKEND", "DOT_KEYVAULT_URL", "DOT_KEYVAULT_PEOPLE_URL")


@dataclass(frozen=True, slots=True)
class State:
    """Of a site or a slot: its own host name, the name people use, whether it is started, and where a begun swap goes."""

    host: str
    public: str
    running: bool
    swapping_to: str


class Site:
    """One site; every question is asked anew."""

    def __init__(self, place: Place, az: Az) -> None:
        self.place, self._az = place, az

    async def signed_in(self) -> None:
        """RefusedError when nobody is."""
        await self._az("account", "show")

    async def has_slot(self) -> bool:
        """Whether the tier has a second slot. RefusedError when there is no such site."""
        try:
            slots = await self._az("webapp", "deployment", "slot", "list", *self.place.of_site)
        except AzError as error:
            raise self._refused(error) from None
        return any(str(one.get("name", "")).rpartition("/")[2] == SLOT for one in slots or [])

    async def state(self, *, slot: bool = False) -> State:
        """RefusedError when there is no such site, or slot."""
        try:
            said = await self._az("webapp", "show", *(self.place.of_slot if slot else self.place.of_site))
        except AzError as error:
            raise self._refused(error) from None
        host = str(said["defaultHostName"])
        own = [name for name in said.get("hostNames") or [] if not name.endswith(".azurewebsites.net")]
        return State(host, own[0] if own else host, said.get("state") == "Running", said.get("targetSwapSlot") or "")

    async def upload(self, package: Path, *, slot: bool = False) -> None:
        """Put a package in place of what is there, and restart it. Whether it then runs is for its own answers to say."""
        where = self.place.of_slot if slot else self.place.of_site
        words = ("--src-path", str(package), "--type", "zip", "--clean", "true", "--restart", "true", "--track-status", "false")
        try:
            await self._az("webapp", "deploy", *where, *words)
        except AzError as error:
            raise StepFailedError(f"App Service did not take the package: {error.said}") from None

    async def start(self) -> None:
        """Start the slot; nothing happens if it runs."""
        await self._told("start", *self.place.of_slot)

    async def stop(self) -> None:
        """Stop the slot; nothing happens if it is stopped."""
        await self._told("stop", *self.place.of_slot)

    async def swap(self, action: str) -> None:
        """`preview` gives the slot production's settings and restarts it, `swap` finishes (or does it all), `reset` undoes.

        AzError when Azure is busy, and never a second try: meanwhile the swap that keeps it busy may have made this one wrong.
        """
        words = ("deployment", "slot", "swap", *self.place.of_slot, "--target-slot", "production", "--action", action)
        try:
            await self._az.once("webapp", *words)
        except AzError as error:
            if error.busy:
                raise
            raise StepFailedError(f"App Service refused to swap: {error.said}") from None

    async def _told(self, *words: str) -> None:
        try:
            await self._az("webapp", *words)
        except AzError as error:
            raise StepFailedError(f"App Service refused: {error.said}") from None

    async def settings_for_migrations(self) -> dict[str, str]:
        """Where the database and the vault are, as the site knows it. No secret is among them: it is all that is taken."""
        said = await self._az("webapp", "config", "appsettings", "list", *self.place.of_site)
        values = {one["name"]: one["value"] for one in said if one["name"] in (*_DATABASE, *_SECRETS)}
        if missing := [name for name in ("DOT_DATABASE_HOST", "DOT_KEYVAULT_URL") if not values.get(name)]:
            raise StepFailedError(f"the site has no setting {missing[0]}; run: pulumi up")
        return values

    async def metrics(self, since: str) -> tuple[int, int]:
        """Requests, and answers with 500 or above, that App Service has counted since a time (UTC, ISO 8601); a minute late."""
        identity = str((await self._az("webapp", "show", *self.place.of_site))["id"])
        words = ("--metric", "Requests", "Http5xx", "--aggregation", "Total", "--interval", "PT1M", "--start-time", since)
        said: dict[str, Any] = await self._az("monitor", "metrics", "list", "--resource", identity, *words)
        found = {one["name"]["value"]: one for one in said.get("value", [])}
        return _total(found.get("Requests")), _total(found.get("Http5xx"))

    def _refused(self, error: AzError) -> RefusedError:
        if error.missing:
            return RefusedError(f"there is no {self.place.site} in {self.place.group}; create the platform first (docs/azure.md)")
        return RefusedError(f"Azure did not tell about {self.place.site}: {error.said}")


def _total(metric: dict[str, Any] | None) -> int:
    series = metric.get("timeseries", []) if metric else []
    return round(sum(point.get("total") or 0 for one in series for point in one.get("data", [])))
