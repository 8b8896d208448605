"""Sending a file in parts, as the web application does it."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import httpx


def digest(data: bytes) -> dict[str, str]:
    """The header that goes with a part (RFC 9530)."""
    return {"Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"}


async def begin(client: httpx.AsyncClient, content: bytes, name: str = "scan.pdf") -> dict[str, Any]:
    """A fresh upload of `content`."""
    answer = await client.post("/uploads", json={"file_name": name, "size": len(content)})
    assert answer.status_code == 201, answer.text
    upload: dict[str, Any] = answer.json()
    return upload


def piece(upload: dict[str, Any], content: bytes, number: int) -> bytes:
    """Part `number` of the content."""
    start = (number - 1) * int(upload["part_size"])
    return content[start : start + int(upload["part_size"])]


async def put(client: httpx.AsyncClient, upload: dict[str, Any], content: bytes, number: int) -> httpx.Response:
    """Sends one part."""
    data = piece(upload, content, number)
    return await client.put(f"/uploads/{upload['id']}/parts/{number}", content=data, headers=digest(data))


async def send_parts(client: httpx.AsyncClient, content: bytes, name: str = "scan.pdf") -> httpx.Response:
    """All of it; the answer is that of completing it, or of the first part that was refused."""
    upload = await begin(client, content, name)
    for number in range(1, upload["parts"] + 1):
        answer = await put(client, upload, content, number)
        if answer.status_code != 204:
            return answer
    return await client.post(f"/uploads/{upload['id']}/complete")
