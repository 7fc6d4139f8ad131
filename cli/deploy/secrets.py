"""Makes the secrets of a deployment in containers: one file each, made once and kept.

The folder lets nobody in but its owner, who may write what is in it. The files can be read by all: a container engine
hands each by itself to the containers that need it, whose accounts are not those of the machine.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from alerts.channels.webpush.vapid import VapidKey
from cli.ca.authority import Authority
from cli.installation import GRAFANA_LOGIN, PEOPLE_LOGIN, SERVICE_LOGIN
from core.access import emqx, mosquitto
from core.access.accounts import ADMINISTRATOR, DASHBOARDS, DEVICES, INGEST, SERVICES
from core.access.mosquitto import Login
from core.access.passwords import hashed, new_password
from embedded.privatefile import private_folder, write_private

ROLE = "postgres"
DATABASE = "vicino"
CERTIFICATE = "/run/secrets/ca.crt"
SERVERS = ("broker", "pages", "database")
READ_BY_ALL = 0o644


class Places(NamedTuple):
    """Where containers find database and broker, and the authority's certificate, each as host and port or path."""

    database: str = "database:5432"
    broker: str = "broker:8883"
    certificate: str = CERTIFICATE


def prepare(folder: Path, host: str, now: datetime, places: Places | None = None) -> list[str]:
    """Make what is missing in `folder` for people and gateways that reach the machine as `host`; return what was made.

    Raises `VicinoError` if `host` is no name.
    """
    found = places or Places()
    private_folder(folder)
    made = _certificates(folder, host, now)
    for name, text in _texts(folder, found).items():
        made += _put(folder / name, text)
    return made


def refresh(folder: Path) -> list[str]:
    """Copy certificates that `vicino ca renew` has issued anew to where containers find them; return which changed."""
    authority = Authority(folder / "ca")
    changed = []
    for name in SERVERS:
        for source, target in (
            (authority.certificate_of(name), folder / f"{name}.crt"),
            (authority.key_of(name), folder / f"{name}.key"),
        ):
            if source.is_file() and (not target.is_file() or source.read_bytes() != target.read_bytes()):
                if target.exists():
                    # Earlier versions let not even the owner write.
                    target.chmod(READ_BY_ALL)
                # In place: a container has this very file, not its name.
                target.write_bytes(source.read_bytes())
                target.chmod(READ_BY_ALL)
                changed.append(target.name)
    return changed


def _certificates(folder: Path, host: str, now: datetime) -> list[str]:
    authority = Authority(folder / "ca")
    hosts = {
        "broker": [host, "broker", "localhost"],
        "pages": [host, "dashboards", "localhost"],
        "database": ["database", "localhost"],
    }
    if not authority.certificate.exists():
        authority.make(f"Vicino at {host}", now)
    for name in SERVERS:
        if not authority.certificate_of(name).exists():
            authority.issue(name, hosts[name], now)
    return [*_put(folder / "ca.crt", authority.certificate.read_text(encoding="ascii")), *refresh(folder)]


def _texts(folder: Path, places: Places) -> Mapping[str, str]:
    """Return the content of each file; a password that is there already stays."""
    password = _kept(folder / "database_password") or secrets.token_urlsafe(32)
    reading = _kept(folder / "database_grafana_password") or secrets.token_urlsafe(32)

    def database(login: str, secret: str) -> str:
        verified = f"sslmode=verify-full&sslrootcert={quote(places.certificate)}"
        return f"postgresql://{login}:{secret}@{places.database}/{DATABASE}?{verified}"

    accounts = {account.name: new_password() for account in SERVICES}

    def broker(account: str) -> str:
        return f"mqtts://{account}:{accounts[account]}@{places.broker}"

    logins = [Login(account, hashed(accounts[account.name])) for account in SERVICES]
    own = {
        "database_password": password,
        "database_admin_url": database(ROLE, password),
        "database_service_url": database(SERVICE_LOGIN, secrets.token_urlsafe(32)),
        "database_pages_url": database(PEOPLE_LOGIN, secrets.token_urlsafe(32)),
        "database_grafana_password": reading,
        "database_grafana_url": database(GRAFANA_LOGIN, reading),
        "reply_key": secrets.token_urlsafe(32),
        "identity_key": secrets.token_urlsafe(32),
        "vapid_key": VapidKey.make().text,
        "grafana_password": secrets.token_urlsafe(24),
        "smtp_url": "",
        "deadman_url": "",
    }
    if _kept(folder / "broker_accounts"):
        return own
    # Of one piece: a password that is new in one file and old in the other lets nobody in.
    return own | {
        "broker_accounts": json.dumps(mosquitto.document(logins), indent=1),
        "broker_users": "user_id,password,is_superuser\n"
        + "".join(f"{name},{accounts[name]},false\n" for name in accounts),
        "broker_rules": emqx.rules(),
        "broker_ingest_url": broker(INGEST.name),
        "broker_devices_url": broker(DEVICES.name),
        "broker_pages_url": broker(DASHBOARDS.name),
        "broker_admin_url": broker(ADMINISTRATOR.name),
    }


def _kept(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def _put(path: Path, text: str) -> list[str]:
    if path.exists():
        return []
    write_private(path, text if not text or text.endswith("\n") else text + "\n")
    path.chmod(READ_BY_ALL)
    return [path.name]
