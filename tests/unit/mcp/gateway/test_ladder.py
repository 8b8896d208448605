"""What a request of revision 2026-07-28 must look like."""

from __future__ import annotations

from typing import Any

import pytest

from dot_copilot.mcp.gateway.modern.ladder import CAPABILITIES_KEY, VERSION_KEY, check_envelope, check_shape
from dot_copilot.mcp.gateway.wire.jsonrpc import RpcError

META = {VERSION_KEY: "2026-07-28", CAPABILITIES_KEY: {}}
GOOD = {b"mcp-protocol-version": b"2026-07-28", b"mcp-method": b"tools/call", b"mcp-name": b"echo"}


def call(**params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"_meta": META, "name": "echo", **params}}


def test_a_good_request_passes() -> None:
    assert check_shape(call())
    assert check_envelope(call(), GOOD)["name"] == "echo"


@pytest.mark.parametrize(
    "message",
    [
        [],
        [call()],
        "x",
        None,
        {**call(), "jsonrpc": "1.0"},
        {**call(), "method": 5},
        {**call(), "id": None},
        {**call(), "id": True},
        {**call(), "id": 1.5},
        {**call(), "id": {}},
        {**call(), "params": []},
        {"jsonrpc": "2.0", "id": 1, "result": {}},
    ],
)
def test_what_is_no_request_is_refused(message: Any) -> None:
    with pytest.raises(RpcError) as error:
        check_shape(message)
    assert (error.value.code, error.value.status) == (-32600, 400)


def test_a_message_without_an_id_is_a_notification() -> None:
    assert not check_shape({"jsonrpc": "2.0", "method": "notifications/x"})


@pytest.mark.parametrize(
    ("meta", "headers", "code", "status"),
    [
        (None, GOOD, -32602, 400),
        ({CAPABILITIES_KEY: {}}, GOOD, -32602, 400),
        ({VERSION_KEY: "2026-07-28"}, GOOD, -32602, 400),
        ({**META, CAPABILITIES_KEY: []}, GOOD, -32602, 400),
        (META, {**GOOD, b"mcp-protocol-version": b"2025-11-25"}, -32020, 400),
        (META, {b"mcp-protocol-version": b"2026-07-28", b"mcp-method": b"tools/call"}, -32020, 400),
        (META, {**GOOD, b"mcp-method": b"tools/list"}, -32020, 400),
        (META, {**GOOD, b"mcp-name": b"other"}, -32020, 400),
        (META, {**GOOD, b"mcp-name": b"=?base64?!!?="}, -32020, 400),
        ({**META, VERSION_KEY: None}, {b"mcp-method": b"tools/call", b"mcp-name": b"echo"}, -32020, 400),
        ({**META, VERSION_KEY: "2099-01-01"}, {**GOOD, b"mcp-protocol-version": b"2099-01-01"}, -32022, 400),
    ],
)
def test_a_wrong_envelope_is_told_what_is_wrong(meta: Any, headers: dict[bytes, bytes], code: int, status: int) -> None:
    with pytest.raises(RpcError) as error:
        check_envelope(call(_meta=meta), headers)
    assert (error.value.code, error.value.status) == (code, status)


def test_a_header_may_carry_the_name_in_base64() -> None:
    headers = {**GOOD, b"mcp-name": b"=?base64?w6l0w6k=?="}
    assert check_envelope(call(name="été"), headers)["name"] == "été"


def test_the_versions_are_named() -> None:
    with pytest.raises(RpcError) as error:
        check_envelope(call(_meta={**META, VERSION_KEY: "1"}), {**GOOD, b"mcp-protocol-version": b"1"})
    assert error.value.data == {"supported": ["2026-07-28"], "requested": "1"}
