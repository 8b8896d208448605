"""A person who connects an assistant without a browser: signs in over the API, reads what is asked for, and says yes or no."""

from __future__ import annotations

import ssl
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx


@dataclass
class Person:
    """Someone with an account on a running stack. `url` is where nginx listens."""

    url: str
    email: str
    password: str
    asked: dict[str, Any] | None = None  # what the consent page last showed
    trust: ssl.SSLContext | bool = True

    @classmethod
    def of(cls, url: str, account: dict[str, str], trust: ssl.SSLContext | bool = True) -> Person:
        """The owner of a demo account."""
        return cls(url, account["email"], account["password"], trust=trust)

    def api(self) -> httpx.Client:
        """A signed-in client of the API."""
        login = {"email": self.email, "password": self.password}
        answer = httpx.post(f"{self.url}/api/v1/auth/login", json=login, timeout=30, trust_env=False, verify=self.trust)
        assert answer.status_code == 200, answer.text
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=bearer, timeout=30, trust_env=False, verify=self.trust)

    def answer(self, authorization_url: str, *, grant: Collection[str] | None = None, yes: bool = True) -> str:
        """Opens the address an assistant sent the browser to, and answers; returns where the browser goes next.

        `grant`: the scopes to allow; all that were asked for and may be allowed when None.
        """
        with self.api() as api:
            opened = httpx.get(authorization_url, follow_redirects=False, trust_env=False, verify=self.trust)
            assert opened.status_code == 302, opened.text
            page = urlsplit(urljoin(authorization_url, opened.headers["location"]))
            assert page.path == "/connect", opened.headers["location"]
            request = parse_qs(page.query)["request"][0]
            asked = api.get(f"/assistants/requests/{request}")
            assert asked.status_code == 200, asked.text
            self.asked = asked.json()
            if not yes:
                return str(api.post(f"/assistants/requests/{request}/deny").json()["redirect_to"])
            allowed = [one["scope"] for one in asked.json()["scopes"] if one["allowed"]]
            scopes = allowed if grant is None else [scope for scope in allowed if scope in grant]
            done = api.post(f"/assistants/requests/{request}/approve", json={"scopes": scopes})
            assert done.status_code == 200, done.text
            return str(done.json()["redirect_to"])

    def browse(self, authorization_url: str) -> None:
        """As `answer`, and then goes where a browser would: to the assistant's own listener on this machine."""
        next_page = self.answer(authorization_url)
        assert urlsplit(next_page).hostname in ("localhost", "127.0.0.1", "::1"), next_page
        httpx.get(next_page, timeout=30, trust_env=False, follow_redirects=False)
