"""Mail: the adapters of `core.ports.Mail`."""
