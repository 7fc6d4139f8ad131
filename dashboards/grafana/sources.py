"""The two data sources that dashboards ask: Prometheus for figures of services, PostgreSQL for pseudonymous views."""

from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from core.errors import VicinoError

Model = dict[str, Any]
POSTGRES, PROMETHEUS = "grafana-postgresql-datasource", "prometheus"
POSTGRES_UID, PROMETHEUS_UID = "vicino-postgresql", "prometheus"
REFERENCES: dict[str, Model] = {
    POSTGRES: {"type": POSTGRES, "uid": POSTGRES_UID},
    PROMETHEUS: {"type": PROMETHEUS, "uid": PROMETHEUS_UID},
}
CONNECTIONS = 4  # a dashboard asks a dozen things at once; the database is there for others


class Source(NamedTuple):
    """A data source as Grafana keeps it, and what of it is secret: Grafana takes that and never shows it again."""

    model: Model
    secret: dict[str, str]


def parted(url: str) -> SplitResult | None:
    """Return the parts of an address, None of one that is none: of a port, for instance, that is no number."""
    with suppress(ValueError):
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    return None


def postgres(url: str, *, timescale: bool, ca: str | None = None) -> Source:
    """Return the source of the database at `url`, as Grafana reaches it; `ca` is a path on Grafana's own machine.

    Raises `VicinoError` where the address lacks host, login, password or database.
    """
    parts = parted(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()} if parts else {}
    if (
        parts is None
        or parts.scheme != "postgresql"
        or not (parts.hostname and parts.username and parts.password and parts.path[1:])
    ):
        raise VicinoError(
            "The address of the database for Grafana is not complete.",
            kept="Grafana as it was",
            advice="write postgresql://LOGIN:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full into its file;"
            " `vicino grafana login` makes one",
        )
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    certificate = ca or asked.get("sslrootcert")
    json: Model = {
        "database": parts.path[1:],
        "sslmode": asked.get("sslmode", "require"),
        "maxOpenConns": CONNECTIONS,
        "maxIdleConns": 1,
        "connMaxLifetime": 3600,
        "postgresVersion": 1500,
        "timescaledb": timescale,
        # What alerts are is decided by Vicino and by the rules of Prometheus alone.
        "manageAlerts": False,
    }
    if certificate:
        json |= {"tlsConfigurationMethod": "file-path", "sslRootCertFile": certificate}
    model = {
        "uid": POSTGRES_UID,
        "name": "Vicino PostgreSQL",
        "type": POSTGRES,
        "access": "proxy",
        "url": f"{parts.hostname}:{parts.port or 5432}",
        "user": unquote(parts.username),
        "isDefault": False,
        "jsonData": json,
    }
    return Source(model, {"password": unquote(parts.password)})


def prometheus(url: str) -> Source:
    """Return the source of the Prometheus at `url`, as Grafana reaches it."""
    model = {
        "uid": PROMETHEUS_UID,
        "name": "Prometheus",
        "type": PROMETHEUS,
        "access": "proxy",
        "url": url,
        "isDefault": False,
        "jsonData": {"httpMethod": "POST", "timeInterval": "15s", "manageAlerts": False},
    }
    return Source(model, {})
