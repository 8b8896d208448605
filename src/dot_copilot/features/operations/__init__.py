"""How the platform is: the architecture with its figures, alerts, traces and log lines, for those who look after it."""
