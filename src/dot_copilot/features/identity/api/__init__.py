"""The routes of identity: those that need no bearer token, those that do, and the one outside /api/v1."""

from __future__ import annotations

from fastapi import APIRouter

from dot_copilot.features.identity.api import auth, people

public_router = auth.public_router
root_router = auth.root_router
router = APIRouter()
router.include_router(auth.router)
router.include_router(people.router)
