"""The federal requirements in plain English."""

from __future__ import annotations

from dot_copilot.features.compliance.requirement import Texts

_DQ = "As long as the employment lasts, and 3 years more"
_3Y = "3 years from its own date"
_FUNCTION = "As long as the function is performed, and 2 years more"
_TRAINING = "As long as the employment lasts, and 90 days more"
_POLICY = "As the carrier's own policy says"
_ONCE = "None"
_ALL = "Every driver of a commercial motor vehicle"
_CDL = "Holders of a CDL or a learner's permit"

TEXTS: dict[str, Texts] = {
    "application": Texts("Employment application", _ALL, "Before driving", _ONCE, "Application form, signed by the driver", _DQ),
    "sph": Texts(
        "Safety performance history",
        _ALL,
        "Within 30 days of the hire",
        _ONCE,
        "Replies of the employers of the last 3 years, or a record of the good-faith effort",
        "As long as the employment lasts, and 3 years more, in a separate, restricted file",
    ),
    "part40_check": Texts(
        "Drug and alcohol testing history",
        "Holders of a CDL or a learner's permit, and drivers who come from another DOT agency's employer",
        "Before duty; after 30 days the driver may no longer do safety-sensitive work without it",
        _ONCE,
        "The driver's consent and the replies, or a record of the good-faith effort",
        _3Y,
    ),
    "mvr_hire": Texts(
        "Motor vehicle record at hire",
        _ALL,
        "Within 30 days of the hire, from every state that licensed the driver in the last 3 years",
        _ONCE,
        "Motor vehicle record, or a certification that there is none",
        _DQ,
    ),
    "mvr_annual": Texts(
        "Annual motor vehicle record",
        _ALL,
        "Within 12 months of the hire",
        "Every 12 months",
        "Motor vehicle record from every licensing authority",
        _3Y,
    ),
    "review_annual": Texts(
        "Annual review of the driving record",
        _ALL,
        "Within 12 months of the hire",
        "Every 12 months",
        "Note with the date and the name of the reviewer",
        _3Y,
    ),
    "violations_list": Texts(
        "Driver's list of violations",
        f"{_ALL}, until the rule was abolished on May 9, 2022",
        "Within 12 months of the hire",
        "Every 12 months",
        "List signed by the driver",
        _3Y,
    ),
    "road_test": Texts(
        "Road test",
        _ALL,
        "Before driving",
        _ONCE,
        "Road test certificate, or one not older than 3 years at the hire, or a copy of the CDL; the CDL is not enough for "
        "doubles, triples and tank vehicles",
        _DQ,
    ),
    "mec": Texts(
        "Medical certificate",
        "Drivers without a CDL who drive interstate",
        "Before driving",
        "The printed date, 24 months from the exam at most",
        "Medical examiner's certificate",
        _3Y,
    ),
    "mec_12": Texts(
        "12-month medical certificate",
        "Drivers who are treated with insulin, meet the alternative vision standard, or are certified under 391.62 or 391.64",
        "Before driving",
        "The printed date, 12 months from the exam at most",
        "Medical examiner's certificate with form MCSA-5870 (insulin) or MCSA-5871 (vision)",
        _3Y,
    ),
    "mec_cdlis": Texts(
        "Medical status on the CDL record",
        _CDL,
        "Before driving, and at each recertification",
        "The printed date, 24 months from the exam at most",
        "Motor vehicle record from CDLIS that shows the medical status",
        _3Y,
    ),
    "nr_verify": Texts(
        "Medical examiner check",
        "Drivers without a CDL who need a medical certificate",
        "With each medical certificate",
        "With each medical certificate",
        "Note that the examiner was on the National Registry when the certificate was issued",
        _3Y,
    ),
    "variance": Texts(
        "Medical variance",
        "Drivers who hold a medical exemption or a skill performance evaluation certificate",
        "Before driving",
        "The printed date",
        "Exemption or skill performance evaluation certificate",
        _3Y,
    ),
    "cdl": Texts("Commercial driver's license", _CDL, "Before driving", "The printed date", "Copy of the license", _DQ),
    "ch_full": Texts(
        "Clearinghouse full query",
        f"{_CDL}, hired on or after January 6, 2020",
        "Before safety-sensitive work",
        _ONCE,
        "Result of the query, with the driver's electronic consent",
        "3 years",
    ),
    "ch_annual": Texts(
        "Clearinghouse annual query",
        _CDL,
        "Within 12 months (365 days at most) of the hire",
        "12 months (365 days at most) from the last query; a full query counts too",
        "Result of the query, with the driver's consent",
        "3 years",
    ),
    "drug_pre": Texts(
        "Pre-employment drug test",
        _CDL,
        "Negative result before duty",
        _ONCE,
        "Result of the medical review officer",
        "1 year when negative, 5 years when positive",
    ),
    "random": Texts(
        "Random testing program",
        "The carrier's pool of drivers with a CDL, not a single driver",
        "Each calendar year: 50 % of the positions for drugs, 10 % for alcohol",
        "Every year",
        "Record of the selections and tests",
        "5 years",
    ),
    "da_policy": Texts(
        "Drug and alcohol policy receipt", _CDL, "Before the work begins", _ONCE, "Receipt signed by the driver", _FUNCTION
    ),
    "sup_rs": Texts(
        "Reasonable-suspicion training",
        "Supervisors of CDL drivers",
        "When the supervisor is designated",
        "None: it is done once",
        "Certificate: 60 minutes on alcohol and 60 minutes on drugs",
        _FUNCTION,
    ),
    "eldt": Texts(
        "Entry-level driver training",
        "First CDL of class A or B, upgrade, or first P, S or H endorsement on or after February 7, 2022",
        "Before the skills test (H: before the knowledge test)",
        _ONCE,
        "Record in the Training Provider Registry",
        "The training provider keeps it for 3 years",
    ),
    "hm_train": Texts(
        "Hazmat training",
        "Hazmat employees",
        "Within 90 days of the hire; until then under the supervision of somebody trained",
        "Every 3 years",
        "Training record with the trainer and the materials",
        _TRAINING,
    ),
    "hm_security": Texts(
        "Hazmat security training",
        "Hazmat employees",
        "Awareness: within 90 days of the hire. In-depth: within 90 days of a change of the security plan",
        "Every 3 years",
        "Training record with the trainer and the materials",
        _TRAINING,
    ),
    "hm_driver": Texts(
        "Hazmat driver training",
        "Hazmat employees who drive",
        "Before driving with hazmat",
        "Every 3 years",
        "Training record",
        _TRAINING,
    ),
    "hme_tsa": Texts(
        "Hazmat endorsement threat assessment",
        "Holders of an H endorsement",
        "Before driving with hazmat",
        "The printed date, 5 years at most",
        "The endorsement",
        _POLICY,
    ),
    "twic": Texts(
        "TWIC card",
        "Drivers with access to ports",
        "Before entering a port",
        "The printed date, 5 years at most",
        "The card",
        _POLICY,
    ),
    "lcv": Texts(
        "LCV driver training",
        "Drivers of longer combination vehicles",
        "Before driving a longer combination vehicle",
        _ONCE,
        "LCV driver-training certificate",
        _DQ,
    ),
    "lcv_instr": Texts(
        "LCV instructor qualification",
        "Instructors of LCV drivers",
        "Before teaching",
        "As long as the CDL is valid",
        "Evidence of the qualification, and the CDL",
        "No period is set",
    ),
    "elp": Texts(
        "English proficiency",
        "Drivers who drive interstate",
        "Before driving",
        _ONCE,
        "The carrier's own assessment; the rule asks for the ability, not for a paper",
        _POLICY,
    ),
    "passenger": Texts(
        "Passenger or school bus endorsement",
        "Bus drivers",
        "Before driving a bus",
        "The date printed on the license",
        "Copy of the license with the P or S endorsement",
        _DQ,
    ),
}
