"""Who watches the platform: Prometheus, Alertmanager, the supervisor, and the files of traces and logs."""
