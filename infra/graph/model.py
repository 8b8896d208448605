"""A resource and the graph of them, as the program declares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

PREFIX = "azure-native:"
OURS = "dotcopilot:azure:"
SECRET = "[secret]"  # noqa: S105 - what stands where a secret would


@dataclass(frozen=True, slots=True)
class Node:
    """One resource. `inputs` are what Azure would be sent, in its own spelling; secrets are replaced by `SECRET`."""

    urn: str
    type: str
    name: str
    component: str
    inputs: Mapping[str, Any]
    depends_on: frozenset[str]
    """URNs of what it comes after: what it was told to wait for, and what its inputs are made of."""
    reads: Mapping[str, frozenset[str]]
    """URNs by the input that is made of them."""
    protect: bool
    ignore_changes: tuple[str, ...]
    secrets: frozenset[str]
    """Paths of the inputs that are secret, as `properties.value`."""
    exposed: frozenset[str] = frozenset()
    """Paths of inputs that hold a secret as if it were none: there must never be one."""

    @property
    def kind(self) -> str:
        """The type without the provider: `storage:StorageAccount`."""
        return self.type.removeprefix(PREFIX)

    def at(self, path: str) -> Any:
        """An input by its path, as `siteConfig.minTlsVersion`; None where there is none."""
        value: Any = self.inputs
        for word in path.split("."):
            if isinstance(value, list):
                value = value[int(word)] if int(word) < len(value) else None
            else:
                value = value.get(word) if isinstance(value, Mapping) else None
        return value


@dataclass(frozen=True)
class Graph:
    """All resources of one environment, in the order of their names within their component."""

    env: str
    nodes: tuple[Node, ...]
    outputs: Mapping[str, Any]

    @cached_property
    def _by_urn(self) -> dict[str, Node]:
        return {node.urn: node for node in self.nodes}

    def node(self, name: str) -> Node:
        """The resource of this name; KeyError with the names there are."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(f"{name}; there are {', '.join(node.name for node in self.nodes)}")

    def has(self, name: str) -> bool:
        """Whether there is a resource of this name."""
        return any(node.name == name for node in self.nodes)

    def of(self, kind: str) -> Iterator[Node]:
        """The resources of a kind, as `keyvault:Secret`."""
        return (node for node in self.nodes if node.kind == kind)

    def changed(self, name: str, path: str, value: Any) -> Graph:
        """The same graph but for one input of one resource, for asking what a change would cost."""
        key, *rest = path.split(".")

        def put(inputs: Mapping[str, Any], key: str, rest: list[str]) -> dict[str, Any]:
            return {**inputs, key: put(inputs[key], rest[0], rest[1:]) if rest else value}

        nodes = (replace(node, inputs=put(node.inputs, key, rest)) if node.name == name else node for node in self.nodes)
        return replace(self, nodes=tuple(nodes))

    def before(self, node: Node) -> set[str]:
        """Names of all that must be there before `node`, however far away."""
        found: set[str] = set()
        waiting = list(node.depends_on)
        while waiting:
            other = self._by_urn.get(waiting.pop())
            if other is not None and other.name not in found:
                found.add(other.name)
                waiting += other.depends_on
        return found

    def named(self, urns: frozenset[str]) -> set[str]:
        """Names of resources by their URNs."""
        return {self._by_urn[urn].name for urn in urns if urn in self._by_urn}
