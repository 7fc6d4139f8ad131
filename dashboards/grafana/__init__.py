"""Dashboards of Grafana as code: what they ask stands in `sql/`, what they look like in `boards/`."""
