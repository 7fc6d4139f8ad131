"""`vicino grafana`: dashboards, data sources and logins of Grafana."""
