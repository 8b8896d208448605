"""Jurisdictions that issue licences: states of the United States, Canada and Mexico."""

from __future__ import annotations

import unicodedata

from dot_copilot.features.roster.values.problem import ValueProblem

_US = """AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware
DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky
LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana
NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio
OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah
VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|PR Puerto Rico|GU Guam
VI U.S. Virgin Islands|AS American Samoa|MP Northern Mariana Islands"""
_CANADA = """AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia
NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon"""
# ISO 3166-2:MX. All of them are recorded as MX: only the federal licence (Licencia Federal de Conductor) stands for a CDL,
# and the country issues it; there are no two-letter codes of Mexican states that clash with no other state's.
_MEXICO = """MX Mexico|AGU Aguascalientes|BCN Baja California|BCS Baja California Sur|CAM Campeche|CHP Chiapas|CHH Chihuahua
CMX Ciudad de Mexico|COA Coahuila|COL Colima|DUR Durango|GUA Guanajuato|GRO Guerrero|HID Hidalgo|JAL Jalisco
MEX Estado de Mexico|MIC Michoacan|MOR Morelos|NAY Nayarit|NLE Nuevo Leon|OAX Oaxaca|PUE Puebla|QUE Queretaro
ROO Quintana Roo|SLP San Luis Potosi|SIN Sinaloa|SON Sonora|TAB Tabasco|TAM Tamaulipas|TLA Tlaxcala|VER Veracruz
YUC Yucatan|ZAC Zacatecas"""
_OTHER_NAMES = {"washington dc": "DC", "d c": "DC", "virgin islands": "VI", "us virgin islands": "VI", "newfoundland": "NL",
                "pei": "PE", "pq": "QC", "df": "MX", "cdmx": "MX", "mexico city": "MX", "calif": "CA", "tex": "TX",
                "penn": "PA", "mass": "MA", "fla": "FL", "ill": "IL", "mich": "MI", "tenn": "TN", "wash": "WA",
                "nuevo mexico": "NM", "pensilvania": "PA", "carolina del norte": "NC", "carolina del sur": "SC",
                "luisiana": "LA", "misisipi": "MS", "misuri": "MO", "oregon": "OR", "hawai": "HI"}  # fmt: skip


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).lower().split())


def _table() -> dict[str, str]:
    table = {}
    for block in (_MEXICO, _CANADA, _US):  # the last wins, though no code or name of these clashes
        for line in block.replace("\n", "|").split("|"):
            code, _, name = line.strip().partition(" ")
            table[_plain(name)] = table[_plain(code)] = "MX" if block is _MEXICO else code
    return table | _OTHER_NAMES


_CODES = _table()


def parse_state(text: str) -> str:
    """The two-letter code of a jurisdiction; MX for all of Mexico."""
    plain = _plain(text)
    for prefix in ("us ", "usa ", "ca ", "can ", "mx ", "state of "):
        if plain not in _CODES and plain.startswith(prefix):
            plain = plain.removeprefix(prefix)
    code = _CODES.get(plain)
    if code is None:
        raise ValueProblem("This is not a state or province. Use the two-letter postal code: TX, ON for Ontario, MX for Mexico.")
    return code
