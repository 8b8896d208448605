"""Grafana's dashboards as typed code. `python -m dot_copilot.dashboards` writes them to `deploy/grafana/dashboards`.

Nothing of the application imports this, and it imports nothing of the application: it knows names of metrics, which tests
compare with what the parts really serve. `model` says what a dashboard is, `boards/` holds one module a dashboard, `grafana`
turns them into Grafana's JSON.
"""
