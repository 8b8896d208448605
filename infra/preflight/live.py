"""placeholder"""
from infra.options import Options
from infra.preflight.findings import Finding
def examine(options: Options) -> list[Finding]:
    return []
