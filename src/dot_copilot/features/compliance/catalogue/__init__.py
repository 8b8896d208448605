"""The federal requirements as dated data, in the order in which people read them."""

from __future__ import annotations

from types import MappingProxyType

from dot_copilot.features.compliance.requirement import Requirement
from dot_copilot.features.compliance.rules import compiled

from . import driving_record, drug_alcohol, hazmat, hiring, licence, medical

# As people read them: hiring, the driving record, fitness, the licence, drugs and alcohol, training.
_ORDER = """
    application sph part40_check mvr_hire mvr_annual review_annual violations_list road_test
    mec mec_12 mec_cdlis nr_verify variance cdl
    ch_full ch_annual drug_pre random da_policy sup_rs
    eldt hm_train hm_security hm_driver hme_tsa twic lcv lcv_instr elp passenger
"""


class Catalogue:
    """A set of requirements with different keys, ready for the engine."""

    __slots__ = ("by_key", "requirements", "rules")

    def __init__(self, requirements: tuple[Requirement, ...]) -> None:
        self.requirements = requirements
        self.by_key = MappingProxyType({requirement.key: requirement for requirement in requirements})
        if len(self.by_key) != len(requirements):
            raise ValueError("two requirements share a key")
        self.rules = tuple(compiled(requirement) for requirement in requirements)


def _federal() -> Catalogue:
    found = {
        requirement.key: requirement
        for subject in (hiring, driving_record, medical, licence, drug_alcohol, hazmat)
        for requirement in subject.REQUIREMENTS
    }
    ordered = tuple(found.pop(key) for key in _ORDER.split())
    if found:
        raise ValueError(f"no place in the order for {', '.join(found)}")
    return Catalogue(ordered)


FEDERAL = _federal()

__all__ = ["FEDERAL", "Catalogue"]
