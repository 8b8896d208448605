"""What every feature stands on: settings, errors, the database door, ports. Imports no feature and no adapter."""
