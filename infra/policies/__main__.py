"""The policy pack: `pulumi up --policy-pack infra/policies` refuses what breaks one, while it deploys."""

from __future__ import annotations

import sys
from pathlib import Path

from pulumi_policy import EnforcementLevel, PolicyPack, ReportViolation, ResourceValidationArgs, ResourceValidationPolicy

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.policies.rules import POLICIES, PROTECTED, Policy

_PREFIX = "azure-native:"


def _validation(policy: Policy) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type.removeprefix(_PREFIX) in policy.kinds:
            for message in policy.check(args.props):
                report(message, None)

    return ResourceValidationPolicy(policy.name, policy.says, validate)


def _protected(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type.removeprefix(_PREFIX) in PROTECTED and not args.opts.protect:
        report("must be protected", None)


def validations() -> list[ResourceValidationPolicy]:
    """The policies as Pulumi's kit wants them."""
    last = ResourceValidationPolicy("data-protected", "What holds people's data cannot be deleted by mistake", _protected)
    return [*map(_validation, POLICIES), last]


def main() -> None:
    """Serves the pack to Pulumi."""
    PolicyPack("dot-copilot", policies=list(validations()), enforcement_level=EnforcementLevel.MANDATORY)


if __name__ == "__main__":
    main()
