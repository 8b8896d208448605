"""What several catalogue entries share."""

from __future__ import annotations

from datetime import date

from dot_copilot.features.compliance.requirement import Retention, RetentionKind

# The day on which the entries were last checked against public sources (Federal Register, copies of the eCFR, FMCSA's
# guidance). Entries that nobody has checked carry no date and say so in the product.
VERIFIED = date(2026, 11, 22)

DQ_FILE = Retention(RetentionKind.EMPLOYMENT, months=36)
THREE_YEARS = Retention(RetentionKind.DOCUMENT, months=36)
AS_POLICY = Retention(RetentionKind.NONE)

# Records in which a lifted suspension, downgrade or decertification can be seen.
LICENCE_RECORD = frozenset({"cdl", "mvr_hire", "mvr_annual", "mec_cdlis"})
CLEARINGHOUSE = frozenset({"ch_full", "ch_annual"})

RECORD_EVENTS = frozenset({"downgraded", "not_certified", "suspended"})
CLEAR = frozenset({"clear"})
