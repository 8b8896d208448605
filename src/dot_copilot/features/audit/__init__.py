"""Reading and verifying the append-only audit log that `core.audit` writes."""
