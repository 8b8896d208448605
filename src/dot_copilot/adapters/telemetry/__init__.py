"""Where telemetry goes: metrics to whoever scrapes, traces and logs to files, a collector or Application Insights."""
