"""The routes of identity: those that need no bearer token, those that do, and the one outside /api/v1."""

from __future__ import annotations

from fastapi import APIRouter

from dot_copilot.features.identity.api import auth, factors, invitations, passkeys, people

public_router = APIRouter()
public_router.include_router(auth.public_router)
public_router.include_router(invitations.public_router)
public_router.include_router(factors.public_router)
public_router.include_router(passkeys.public_router)
root_router = auth.root_router
router = APIRouter()
router.include_router(auth.router)
router.include_router(people.router)
router.include_router(invitations.router)
router.include_router(factors.router)
router.include_router(passkeys.router)
