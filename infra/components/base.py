"""What every component has: a place in the tree, the group it builds in, and the options of its resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pulumi

from infra.options import Options

R = TypeVar("R", bound=pulumi.Resource)


@dataclass(frozen=True, slots=True)
class Place:
    """Where resources go: the stack's options and the resource group. Handed to every component."""

    options: Options
    group: pulumi.Output[str]
    tenant: pulumi.Output[str]
    subscription: pulumi.Output[str]

    @property
    def located(self) -> dict[str, Any]:
        """What most resources say of their place."""
        return {"resource_group_name": self.group, "location": self.options.location, "tags": self.options.tags}

    def role(self, definition: str) -> pulumi.Output[str]:
        """The id of one of Azure's own roles, by its GUID."""
        return pulumi.Output.concat(
            "/subscriptions/", self.subscription, "/providers/Microsoft.Authorization/roleDefinitions/", definition
        )


class Component(pulumi.ComponentResource):
    """A component of this platform, called `kind` in the tree."""

    def __init__(self, kind: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(f"dotcopilot:azure:{kind.title()}", kind, None, opts)

    def own(
        self,
        *,
        protect: bool | None = None,
        after: Sequence[pulumi.Resource] = (),
        ignoring: Sequence[str] = (),
    ) -> pulumi.ResourceOptions:
        """Options for a resource of this component: what it comes after, and which properties others may change."""
        return pulumi.ResourceOptions(
            parent=self, protect=protect, depends_on=list(after) or None, ignore_changes=list(ignoring) or None
        )


class Chain:
    """Resources made one after the other: Azure refuses a second change of a PostgreSQL server meanwhile (ServerIsBusy)."""

    def __init__(self, first: pulumi.Resource) -> None:
        self._last = first

    @property
    def after(self) -> list[pulumi.Resource]:
        """What the next one waits for."""
        return [self._last]

    def add(self, resource: R) -> R:
        """Puts a resource that waited for `after` at the end."""
        self._last = resource
        return resource
