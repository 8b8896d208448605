"""The routes of assistants: the pages' API, and the authorization server outside /api/v1."""

from __future__ import annotations

from fastapi import APIRouter

from dot_copilot.features.assistants.api import connections, consent, gateway, oauth, transcript

root_router = oauth.root_router
router = APIRouter(prefix="/assistants")
router.include_router(consent.router)
router.include_router(connections.router)
router.include_router(gateway.router)
router.include_router(transcript.router)
