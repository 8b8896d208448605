"""Access tokens: what is refused, and how keys rotate."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.core.caller import Caller, Permission, Role
from dot_copilot.core.errors import Unauthorized
from dot_copilot.core.tokens import KeyRing

ISSUER = "https://fleet.example"
NOW = int(time.time())


def pem(key: Any = None) -> str:
    """A private key as PEM."""
    made = key or Ed25519PrivateKey.generate()
    text: str = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return text


def ring(*keys: tuple[str, str], issuer: str = ISSUER, audience: str = "dot-copilot-api") -> KeyRing:
    """A key ring of (kid, PEM), the first of which signs."""
    return KeyRing(json.dumps([{"kid": kid, "private_pem": text} for kid, text in keys]), issuer=issuer, audience=audience)


def caller(**changes: Any) -> Caller:
    """A supervisor, signed in for ten minutes."""
    values: dict[str, Any] = {
        "session_id": uuid4(),
        "user_id": uuid4(),
        "carrier_id": uuid4(),
        "role": Role.SUPERVISOR,
        "token_version": 3,
        "expires_at": NOW + 600,
        "terminal_id": uuid4(),
        "via": "web",
    }
    return Caller(**{**values, **changes})


OWN = pem()


def test_a_token_tells_its_caller_again() -> None:
    keys = ring(("a", OWN))
    for someone in (caller(), caller(role=Role.DRIVER, terminal_id=None, driver_id=uuid4(), via="mcp")):
        token = keys.issue(someone)
        assert keys.verify(token, NOW) == someone
        assert keys.verify(token, NOW) == someone, "remembered, and still the same"
        assert jwt.get_unverified_header(token) == {"alg": "EdDSA", "kid": "a", "typ": "JWT"}


def test_a_token_ends_on_its_second_even_when_it_is_remembered() -> None:
    keys, someone = ring(("a", OWN)), caller(expires_at=NOW + 5)
    token = keys.issue(someone)
    assert keys.verify(token, NOW + 4.9) == someone
    for later in (NOW + 5, NOW + 500):
        with pytest.raises(Unauthorized, match="run out"):
            keys.verify(token, later)


@pytest.mark.parametrize(
    "others",
    [
        ring(("a", pem())),
        ring(("b", OWN)),
        ring(("a", OWN), issuer="https://evil.example"),
        ring(("a", OWN), audience="another-api"),
    ],
    ids=["another key of the same name", "an unknown name", "another issuer", "another audience"],
)
def test_tokens_of_others_are_refused(others: KeyRing) -> None:
    with pytest.raises(Unauthorized):
        ring(("a", OWN)).verify(others.issue(caller()), NOW)


def claims(**changes: Any) -> dict[str, Any]:
    """Claims as ours, changed; None takes one away."""
    token = ring(("a", OWN)).issue(caller())
    made = jwt.decode(token, options={"verify_signature": False}) | changes
    return {name: value for name, value in made.items() if value is not None}


def segment(value: object) -> str:
    """One part of a compact token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_without_a_signature_is_refused() -> None:
    for algorithm in ("none", "None", "EdDSA", "HS256"):
        for signature in ("", "AAAA", segment("x")):
            token = ".".join([segment({"alg": algorithm, "kid": "a", "typ": "JWT"}), segment(claims()), signature])
            with pytest.raises(Unauthorized):
                ring(("a", OWN)).verify(token, NOW)


def test_the_public_key_is_no_shared_secret() -> None:
    keys = ring(("a", OWN))
    public = base64.urlsafe_b64decode(keys.jwks()["keys"][0]["x"] + "=")
    token = jwt.encode(claims(), public, algorithm="HS256", headers={"kid": "a"})
    with pytest.raises(Unauthorized):
        keys.verify(token, NOW)


@pytest.mark.parametrize(
    "change",
    [
        *({name: None} for name in ("exp", "iat", "sub", "sid", "cid", "rol", "ver", "aud", "iss")),
        *({"rol": "owner"}, {"sid": "x"}, {"iat": NOW + 900}, {"nbf": NOW + 900}),
    ],
    # Named without the time of day, so that every process that collects tests gives them one name.
    ids=lambda change: "-".join(
        f"{name}={'later' if name in ('iat', 'nbf') and value else value}" for name, value in change.items()
    ),
)
def test_claims_that_are_missing_or_nonsense_are_refused(change: dict[str, Any]) -> None:
    token = jwt.encode(claims(**change), OWN, algorithm="EdDSA", headers={"kid": "a"})
    with pytest.raises(Unauthorized):
        ring(("a", OWN)).verify(token, NOW)


def test_a_changed_token_is_refused_wherever_it_was_changed() -> None:
    keys = ring(("a", OWN))
    token = keys.issue(caller())
    for position in range(0, len(token), 7):
        other = "A" if token[position] != "A" else "B"
        with pytest.raises(Unauthorized):
            keys.verify(token[:position] + other + token[position + 1 :], NOW)


@given(st.text(max_size=60) | st.builds(".".join, st.lists(st.text(max_size=20), min_size=3, max_size=3)))
def test_any_text_is_refused_as_a_problem(text: str) -> None:
    with pytest.raises(Unauthorized):
        ring(("a", OWN)).verify(text, NOW)


def test_a_rotation_loses_nobody_and_a_removed_key_is_dead() -> None:
    new = pem()
    before, during, after = ring(("a", OWN)), ring(("b", new), ("a", OWN)), ring(("b", new))
    old_token, new_token = before.issue(caller()), during.issue(caller())
    assert during.verify(old_token, NOW)
    assert jwt.get_unverified_header(new_token)["kid"] == "b"
    assert after.verify(new_token, NOW)
    assert {key["kid"] for key in during.jwks()["keys"]} == {"a", "b"}
    with pytest.raises(Unauthorized):
        after.verify(old_token, NOW)


def test_others_verify_with_the_published_keys() -> None:
    keys, someone = ring(("a", OWN)), caller()
    public = jwt.PyJWKSet.from_dict(keys.jwks())["a"]
    read = jwt.decode(keys.issue(someone), public, algorithms=["EdDSA"], audience="dot-copilot-api", issuer=ISSUER)
    assert read["sub"] == str(someone.user_id)
    assert all("d" not in key for key in keys.jwks()["keys"])


@pytest.mark.parametrize("keys", ["[]", json.dumps([{"kid": "a", "private_pem": pem(generate_private_key(SECP256R1()))}])])
def test_a_key_ring_that_can_not_work_is_refused_at_start(keys: str) -> None:
    with pytest.raises(ValueError, match="key"):
        KeyRing(keys, issuer=ISSUER)


def test_only_administrators_hold_everything_and_nobody_but_drivers_the_own_file() -> None:
    assert {p for p in Permission if caller(role=Role.ADMIN).may(p)} == set(Permission) - {
        Permission.READ_OWN_FILE,
        Permission.WRITE_OWN_EVIDENCE,
    }
    for permission in (Permission.READ_OWN_FILE, Permission.WRITE_OWN_EVIDENCE):
        assert [role for role in Role if caller(role=role).may(permission)] == [Role.DRIVER]
    writing = {p for p in Permission if not p.value.endswith(":read")}
    assert not any(caller(role=Role.AUDITOR).may(p) for p in writing), "an auditor only reads"
