"""The floor for Python: Starlette + asyncpg + msgspec, a JWT check and one row by primary key, nothing else."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import jwt
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SECRET = os.environ["BENCH_JWT_SECRET"]
SQL = "select * from bench_driver where id = $1"
encoder = msgspec.json.Encoder()


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Opens the pool."""
    app.state.pool = await asyncpg.create_pool(os.environ["BENCH_DSN"], min_size=4, max_size=12)
    yield
    await app.state.pool.close()


async def read(request: Request) -> Response:
    """One driver."""
    token = request.headers["authorization"].removeprefix("Bearer ")
    jwt.decode(token, SECRET, algorithms=["HS256"])
    row = await request.app.state.pool.fetchrow(SQL, UUID(request.path_params["id"]))
    return Response(encoder.encode(dict(row)), media_type="application/json")


app = Starlette(routes=[Route("/drivers/{id}", read)], lifespan=lifespan)
