"""Who the application is: an identity for the site and one for its slot, made before anything they may use.

Identities of their own, not the site's system identity, which exists only after the site: so the roles are there when the
application starts for the first time.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization, managedidentity

from infra.components.base import Component, Place

SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
BLOB_DATA_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
BLOB_DELEGATOR = "db58b8e5-c6ad-4a2a-8342-4190687cbf4a"

ROLES = {
    SECRETS_USER: "Key Vault Secrets User",
    SECRETS_OFFICER: "Key Vault Secrets Officer",
    BLOB_DATA_CONTRIBUTOR: "Storage Blob Data Contributor",
    BLOB_DELEGATOR: "Storage Blob Delegator",
}
"""The roles that the application may have; a policy refuses any other."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on one resource, and why the application needs it."""

    name: str
    role: str
    scope: pulumi.Input[str]
    why: str


class Identities(Component):
    """`site`, and `slot` where the tier has one."""

    def __init__(self, place: Place) -> None:
        super().__init__("identity")
        self._place = place
        self.site = self._identity("site", place.options.names.of("id"))
        self.slot = self._identity("slot", f"{place.options.names.of('id')}-slot") if place.options.tier.staging_slot else None
        self.register_outputs({})

    def _identity(self, name: str, called: str) -> managedidentity.UserAssignedIdentity:
        return managedidentity.UserAssignedIdentity(
            f"{name}-identity", resource_name_=called, **self._place.located, opts=self.own()
        )

    @property
    def all(self) -> dict[str, managedidentity.UserAssignedIdentity]:
        """The identities by the name of what runs as them."""
        return {"site": self.site} | ({"slot": self.slot} if self.slot else {})

    def grant(self, grants: list[Grant]) -> list[authorization.RoleAssignment]:
        """Gives every identity the roles; returns the assignments, for the sites to come after."""
        return [
            authorization.RoleAssignment(
                f"{who}-{grant.name}",
                principal_id=identity.principal_id,
                principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
                role_definition_id=self._place.role(grant.role),
                scope=grant.scope,
                description=grant.why,
                opts=self.own(),
            )
            for who, identity in self.all.items()
            for grant in grants
        ]
