"""One data folder and what lies in it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import alerts
import analytics
import dashboards
import devices
import ingest
import registry
from alerts.channels.webpush.vapid import VapidKey
from core.access.accounts import ADMINISTRATOR
from core.database import Database, Role
from core.errors import VicinoError
from embedded.privatefile import private_folder, write_private
from embedded.runfile import Run, read_run

# The folders that store data, in the order in which their schemas build on each other.
STORING = tuple(
    Path(package.__file__ or "").parent for package in (registry, devices, ingest, analytics, alerts, dashboards)
)

# Who signs in to the database, and the role each acts in.
SERVICE_LOGIN = "vicino_app_service"
PEOPLE_LOGIN = "vicino_app_people"
GRAFANA_LOGIN = "vicino_app_grafana"
BROKER_URL_FILE = "vicino_broker_url"
DATABASE_URL, BROKER_URL, BROKER_ADMIN_URL = "VICINO_DATABASE_URL", "VICINO_BROKER_URL", "VICINO_BROKER_ADMIN_URL"


def given(name: str) -> str:
    """Return a setting that the command line was given: by the environment, or by its file in VICINO_SECRETS_DIR."""
    folder = os.environ.get("VICINO_SECRETS_DIR")
    if os.environ.get(name) or not folder:
        return os.environ.get(name, "")
    try:
        return (Path(folder) / name.lower()).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


class Installation(NamedTuple):
    """The paths of one installation on one machine."""

    root: Path

    @property
    def postgres(self) -> Path:
        """Where the database server keeps its files."""
        return self.root / "postgres"

    @property
    def broker(self) -> Path:
        """Where the broker keeps its files."""
        return self.root / "broker"

    @property
    def logs(self) -> Path:
        """Where each service's output goes."""
        return self.root / "log"

    @property
    def secrets(self) -> Path:
        """Where passwords lie, a folder for each login, readable by the owner only."""
        return self.root / "secrets"

    @property
    def mail(self) -> Path:
        """Where mails are kept when no mail server is set."""
        return self.root / "mail"

    @property
    def service_url(self) -> str:
        """Address of the database for services; raises `VicinoError` where the installation never ran."""
        return self._url_of(SERVICE_LOGIN)

    def _url_of(self, login: str) -> str:
        path = self.secrets / login / "vicino_database_url"
        try:
            return path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise VicinoError(
                f"There is no installation in the folder {self.root}.",
                advice=f"start one with `vicino up --data {self.root}`, or name another folder with --data",
            ) from None

    def run(self) -> Run:
        """Return what runs on this folder now; raises `VicinoError` if nothing does."""
        run = read_run(self.root)
        if run is None:
            raise VicinoError(
                f"Vicino does not run on the folder {self.root}.",
                kept="everything that was stored there",
                advice=f"start it in another terminal with `vicino up --data {self.root}`",
            )
        return run

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Give the database of the running installation, as the services see it.

        Where nothing runs on the folder and VICINO_DATABASE_URL is given, that is it: services run elsewhere.
        """
        elsewhere = given(DATABASE_URL) if read_run(self.root) is None else ""
        if not elsewhere:
            self.run()
        with Database(elsewhere or self.service_url, Role.SERVICE, name="command line", maximum=2) as database:
            yield database

    @contextmanager
    def database_of_people(self) -> Iterator[Database]:
        """Give the database of the running installation, as whoever serves people sees it: through an account only."""
        self.run()
        with Database(self._url_of(PEOPLE_LOGIN), Role.PEOPLE, name="command line", maximum=1) as database:
            yield database

    @property
    def broker_url(self) -> str:
        """Address of the broker of the running installation; raises `VicinoError` if that is not known.

        It says how to sign in only where the broker is one of yours: ours has an account for each who does.
        """
        named = given(BROKER_URL)
        if read_run(self.root) is None and named:
            return named
        port = self.run().broker_port
        if port:
            return f"mqtt://127.0.0.1:{port}"
        if named:
            return named
        raise VicinoError(
            "This installation uses a broker of yours, whose address is not written down.",
            advice="set VICINO_BROKER_URL as you did when you started it",
        )

    @property
    def bare_broker_url(self) -> str:
        """Address of the broker as gateways are told, without user and password."""
        parts = urlsplit(os.environ.get("VICINO_GATEWAY_BROKER_URL") or self.broker_url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))

    def broker_secret(self, account: str) -> str | None:
        """Return the address by which an account of our own broker signs in; None where the broker has no accounts."""
        try:
            return (self.secrets / account / BROKER_URL_FILE).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None

    def keep_broker_secret(self, account: str, url: str | None) -> None:
        """Keep the address by which an account signs in, readable for its owner only; none for None."""
        folder = private_folder(private_folder(self.secrets) / account)
        if url is None:
            (folder / BROKER_URL_FILE).unlink(missing_ok=True)
        else:
            write_private(folder / BROKER_URL_FILE, url + "\n")

    def reply_key(self) -> str:
        """Return the key that signs the links in messages, made at random when it is first asked for."""
        return self._key("vicino_reply_key")

    def identity_key(self) -> str:
        """Return the key by which identities at providers are kept unreadable, made when it is first asked for."""
        return self._key("vicino_identity_key")

    def _key(self, name: str) -> str:
        path = private_folder(self.secrets) / name
        if not path.is_file():
            write_private(path, secrets.token_urlsafe(32) + "\n")
        return path.read_text(encoding="ascii").strip()

    def push_key(self) -> str:
        """Return the key by which push services know this installation, made when it is first asked for."""
        path = private_folder(self.secrets) / "vicino_vapid_key"
        if not path.is_file():
            write_private(path, VapidKey.make().text + "\n")
        return path.read_text(encoding="ascii").strip()

    @property
    def manages_accounts(self) -> bool:
        """Whether the broker can be told here who may sign in."""
        return bool(given(BROKER_ADMIN_URL) or self.broker_secret(ADMINISTRATOR.name))
