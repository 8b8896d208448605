"""Who this process is at Azure: its managed identity on App Service, and whoever is signed in on a person's machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

REFERENCE = "@Microsoft.KeyVault("
"""What App Service leaves in a variable when it could not resolve its reference to a secret."""


def make_credential() -> AsyncTokenCredential:
    """A credential, which its user closes. `AZURE_CLIENT_ID` says which identity, where there are several.

    The SDK takes most of a second to import: call this in a thread.
    """
    from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential

    if "IDENTITY_ENDPOINT" in os.environ:
        # Not the default chain: it would try seven other ways first, and hide why this one failed.
        return ManagedIdentityCredential(client_id=os.environ.get("AZURE_CLIENT_ID"))
    return DefaultAzureCredential()


def unresolved_references() -> list[str]:
    """The variables that still hold a reference instead of the secret."""
    return sorted(name for name, value in os.environ.items() if value.startswith(REFERENCE))
