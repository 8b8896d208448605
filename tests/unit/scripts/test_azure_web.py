"""The web application on a Static Web App: its routes, its headers, and the one origin that it may reach."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from scripts import azure_web

ROOT = Path(__file__).resolve().parents[3]
PUBLIC = ROOT / "web/public"
API = "https://api.example.com"


def settings(folder: Path = PUBLIC) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "staticwebapp.config.json").read_text())
    return found


def test_its_headers_are_those_of_our_own_door() -> None:
    """Whoever tightens one tightens both."""
    conf = (ROOT / "deploy/nginx/headers.conf").read_text()
    headers = settings()["globalHeaders"]
    policy = re.search(r'map \$uri \$policy_by_path \{\s+default "([^"]+)"', conf)
    assert policy is not None
    assert headers["Content-Security-Policy"] == policy[1]
    for name in ("Permissions-Policy",):
        assert f'add_header {name} "{headers[name]}" always;' in conf
    assert f"add_header Cross-Origin-Opener-Policy {headers['Cross-Origin-Opener-Policy']} always;" in conf
    assert f'"" {headers["Referrer-Policy"]};' in conf
    assert f'"" {headers["X-Content-Type-Options"]};' in conf
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert not any("*" in value for value in headers.values())


def test_every_page_is_the_application_and_missing_files_are_missing() -> None:
    fallback = settings()["navigationFallback"]
    assert fallback["rewrite"] == "/index.html"
    assert "/assets/*" in fallback["exclude"]
    for page in ("/drivers", "/drivers/0a1b/file", "/connect"):
        assert not any(_matches(pattern, page) for pattern in fallback["exclude"])
    for file in ("/assets/x-1234.js", "/config.js", "/mark.svg"):
        assert any(_matches(pattern, file) for pattern in fallback["exclude"])


def test_hashed_files_may_be_kept_for_ever_and_nothing_else_unasked() -> None:
    (assets,) = [route for route in settings()["routes"] if route["route"] == "/assets/*"]
    assert assets["headers"]["Cache-Control"] == "public, max-age=31536000, immutable"
    assert settings()["globalHeaders"]["Cache-Control"] == "no-cache"


def test_nobody_can_send_anything_here() -> None:
    refused = [route for route in settings()["routes"] if route.get("statusCode") == 405]
    assert {method for route in refused for method in route["methods"]} == {"PUT", "POST", "PATCH", "DELETE"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PUBLIC, tmp_path / "dist"))


def test_a_deployment_tells_the_pages_where_the_api_is_and_lets_them_reach_it(dist: Path) -> None:
    azure_web.prepare(API, dist)
    assert (dist / "config.js").read_text() == 'window.dotCopilot = {"api": "https://api.example.com"};\n'
    policy = settings(dist)["globalHeaders"]["Content-Security-Policy"]
    assert f"connect-src 'self' {API};" in policy
    assert f"img-src 'self' data: blob: {API};" in policy
    assert f"frame-src 'self' blob: {API};" in policy
    assert policy.count(API) == 3, "no script, no style, no form of another origin"
    azure_web.prepare(API, dist)
    assert settings(dist)["globalHeaders"]["Content-Security-Policy"] == policy


@pytest.mark.parametrize(
    "origin", ["http://api.example.com", "https://api.example.com/", "https://*.example.com", "api", "https://a; script-src *"]
)
def test_what_is_no_origin_is_refused(dist: Path, origin: str) -> None:
    with pytest.raises(ValueError, match="is not an origin such as"):
        azure_web.prepare(origin, dist)


def test_what_is_no_build_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a build of the web application"):
        azure_web.prepare(API, tmp_path)


def _matches(pattern: str, path: str) -> bool:
    """Static Web Apps' patterns: a star, and alternatives in braces for the ending."""
    words = re.escape(pattern).replace(r"\*", ".*").replace(r"\{", "(").replace(r"\}", ")").replace(",", "|")
    return re.fullmatch(words, path) is not None
