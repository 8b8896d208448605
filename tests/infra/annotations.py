"""What the SDK itself says of a resource's inputs: which it needs, and which words an enumeration has.

Mocks take anything, and Azure refuses it after ten minutes; so inputs are compared with the SDK's annotations.
"""

from __future__ import annotations

import enum
import functools
import importlib
import inspect
import sys
import typing
from collections.abc import Awaitable, Iterator, Mapping
from typing import Any

import pulumi
from pulumi import _types as pulumi_types

from infra.graph.model import Node

# The SDK's words are of another version of the service than the one it talks to, or are written differently by it.
EXCEPTIONS = {("monitor:ScheduledQueryRule", "criteria.allOf.0.operator")}


def problems(node: Node) -> Iterator[str]:
    """Every input of a resource that the SDK does not know, lacks, or has other words for."""
    module_name, _, kind = node.kind.partition(":")
    module = importlib.import_module(f"pulumi_azure_native.{module_name}")
    resource = getattr(module, kind)
    arguments = _arguments(sys.modules[resource.__module__], kind)
    yield from _object(node, arguments, node.inputs, "")


def _arguments(module: Any, kind: str) -> type:
    found = getattr(module, f"{kind}Args", None) or getattr(module, f"{kind}InitArgs", None)
    # An object of the same name is sometimes nested elsewhere, and the resource's own arguments are then 'InitArgs'.
    return typing.cast(type, getattr(module, f"{kind}InitArgs", found))


@functools.cache
def _hints(kind: type) -> dict[str, tuple[str, Any, bool]]:
    """Azure's name of each input: its name in Python, its type, and whether it is needed."""
    constructor: Any = vars(kind)["__init__"]
    scope = {**vars(sys.modules[kind.__module__]), "Output": pulumi.Output, "Awaitable": Awaitable, "T": pulumi.output.T}
    # With namespaces of its own: modules share the reference to a name ('VirtualNetworkRuleArgs'), and with it the first answer.
    hints = typing.get_type_hints(constructor, scope, {})
    parameters = inspect.signature(constructor).parameters
    names = pulumi_types.input_type_py_to_pulumi_names(kind)
    return {
        camel: (snake, hints[snake], parameters[snake].default is inspect.Parameter.empty)
        for snake, camel in names.items()
        if snake in hints
    }


def _object(node: Node, kind: type, value: Mapping[str, Any], path: str) -> Iterator[str]:
    hints = _hints(kind)
    for camel, (_, hint, needed) in hints.items():
        here = f"{path}.{camel}".strip(".")
        if camel in value:
            yield from _value(node, hint, value[camel], here)
        elif needed:
            yield f"{here} is missing"
    for camel in value:
        if camel not in hints:
            yield f"{path}.{camel} is not known".lstrip(".")


def _value(node: Node, hint: Any, value: Any, path: str) -> Iterator[str]:
    kinds = list(_flat(hint))
    if isinstance(value, list):
        for number, one in enumerate(value):
            for inner in kinds:
                if typing.get_origin(inner) in (list, typing.get_origin(typing.Sequence[int])):
                    yield from _value(node, typing.get_args(inner)[0], one, f"{path}.{number}")
    elif isinstance(value, Mapping):
        objects = [one for one in kinds if inspect.isclass(one) and hasattr(one, "_pulumi_input_type")]
        if len(objects) == 1:
            yield from _object(node, objects[0], value, path)
    else:
        words = [one for one in kinds if inspect.isclass(one) and issubclass(one, enum.Enum)]
        allowed = {member.value for one in words for member in one}
        if words and value not in allowed and (node.kind, path) not in EXCEPTIONS:
            yield f"{path} is '{value}', not one of {sorted(map(str, allowed))}"


def _flat(hint: Any) -> Iterator[Any]:
    """The types that remain when unions, outputs and promises are opened."""
    origin = typing.get_origin(hint)
    if origin is typing.Union or str(origin) == "<class 'types.UnionType'>":
        for one in typing.get_args(hint):
            if typing.get_origin(one) not in (pulumi.Output, typing.get_origin(Awaitable[int])) and one is not type(None):
                yield from _flat(one)
    else:
        yield hint
