"""SQL of OAuth clients and their requests. Neither belongs to a carrier: nobody has signed in yet."""

from __future__ import annotations

from datetime import datetime

from dot_copilot.core.database import Database, Door
from dot_copilot.features.assistants.models import AuthorizationRequest, OAuthClient

_CLIENT = """select id, kind, name, uri, redirect_uris, auth_method, secret_hash, refreshes, created_at, fresh_until
  from oauth_clients where id = $1"""


async def find(database: Database, client_id: str) -> OAuthClient | None:
    """A client that registered, or whose document was read."""
    row = await database.lookup(_CLIENT, client_id)
    return OAuthClient.of(row) if row else None


async def of_request(door: Door, client_id: str) -> OAuthClient:
    """The client of a request, which refers to it."""
    row = await door.fetchrow(_CLIENT, client_id)
    assert row is not None
    return OAuthClient.of(row)


async def save(database: Database, client: OAuthClient) -> None:
    """A new client; a document that was read again replaces what it said before."""
    await database.lookup(
        """insert into oauth_clients (id, kind, name, uri, redirect_uris, auth_method, secret_hash, refreshes, created_at,
             fresh_until) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
           on conflict (id) do update set name = excluded.name, uri = excluded.uri, redirect_uris = excluded.redirect_uris,
             refreshes = excluded.refreshes, fresh_until = excluded.fresh_until where oauth_clients.kind = 'document'""",
        client.id,
        client.kind,
        client.name,
        client.uri,
        client.redirect_uris,
        client.auth_method,
        client.secret_hash,
        client.refreshes,
        client.created_at,
        client.fresh_until,
    )


async def ask(database: Database, request: AuthorizationRequest) -> None:
    """Keeps a request until somebody answers."""
    await database.lookup(
        """insert into oauth_requests (id, client_id, redirect_uri, scopes, state, code_challenge, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7)""",
        request.id,
        request.client_id,
        request.redirect_uri,
        request.scopes,
        request.state,
        request.code_challenge,
        request.expires_at,
    )


async def pending(door: Door, request_id: str, now: datetime) -> AuthorizationRequest | None:
    """A request that can still be answered."""
    row = await door.fetchrow(
        """select id, client_id, redirect_uri, scopes, state, code_challenge, expires_at from oauth_requests
            where id = $1 and answered_at is null and expires_at > $2""",
        request_id,
        now,
    )
    return AuthorizationRequest.of(row) if row else None


async def answer(door: Door, request_id: str, now: datetime) -> bool:
    """Marks a request as answered, with this transaction; False when somebody was faster."""
    tag = await door.execute(
        "update oauth_requests set answered_at = $2 where id = $1 and answered_at is null and expires_at > $2", request_id, now
    )
    return tag == "UPDATE 1"


async def touch(door: Door, client_id: str, now: datetime) -> None:
    """Notes that somebody connected the client."""
    await door.execute("update oauth_clients set used_at = $2 where id = $1", client_id, now)


async def sweep(database: Database) -> int:
    """Deletes what is over, and clients that nobody uses; returns how many clients. The worker alone may ask."""
    row = await database.lookup("select app.sweep_oauth() as gone")
    assert row is not None
    gone: int = row["gone"]
    return gone
