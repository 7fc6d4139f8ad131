"""Whether the settings make sense, by themselves and together."""

from collections.abc import Iterator
from difflib import get_close_matches
from urllib.parse import urlsplit

from pydantic import ValidationError

from alerts.settings import AlertSettings
from analytics.settings import AnalyticsSettings
from cli.doctor import reads
from cli.doctor.finding import Finding, NotKnownError, error, warning
from cli.doctor.surroundings import PREFIX, Surroundings
from cli.settings import names
from core.settings import Settings
from dashboards.settings import DashboardSettings
from embedded.ports import LOOPBACK
from ingest.settings import IngestSettings

LOCAL = frozenset({LOOPBACK, "localhost", "::1", ""})
CLASSES: dict[str, type[Settings]] = {
    "ingest": IngestSettings,
    "analytics": AnalyticsSettings,
    "alerts": AlertSettings,
    "dashboards": DashboardSettings,
}
REPLY_KEY_CHARACTERS = 32


def unknown(found: Surroundings) -> Iterator[Finding]:
    """Tell which settings nobody reads: a slip of the pen leaves the default in force."""
    known = names()
    said = {name for service in CLASSES for name in found.settings(service)}
    for name in sorted(said - known):
        if name.startswith("VICINO_TEST_"):
            continue
        near = get_close_matches(name, known, 1)
        yield warning(f"Nobody reads the setting {name}.", f"call it {near[0]}" if near else "take it away")


def values(found: Surroundings) -> Iterator[Finding]:
    """Tell which settings have a value that cannot be."""
    for service, of in CLASSES.items():
        settings = found.settings(service)
        given = {name.removeprefix(PREFIX).lower(): value for name, value in settings.items()}
        fields = {name: value for name, value in given.items() if name in of.model_fields}
        if not fields:
            continue
        try:
            of.model_validate({"database_url": "postgresql:", **fields})
        except ValidationError as problem:
            for each in problem.errors():
                name = PREFIX + str(each["loc"][0]).upper() if each["loc"] else "A setting"
                yield error(
                    f"{name} of {service} cannot be used: {each['msg']}.", "docs/reference/settings.md says how"
                )


def together(found: Surroundings) -> Iterator[Finding]:
    """Tell which settings contradict each other, or lack their counterpart."""
    alerting, pages, watching = (found.settings(name) for name in ("alerts", "dashboards", "alerts.watchdog"))
    if not alerting or not pages:
        return
    if found.knows("VICINO_BASE_URL"):
        yield from _addresses(alerting, pages)
    if alerting.get("VICINO_REPLY_KEY") != pages.get("VICINO_REPLY_KEY"):
        yield error(
            "alerts and dashboards have different VICINO_REPLY_KEY: links in messages are not accepted.",
            "give both the same, and start both again",
        )
    elif found.knows("VICINO_REPLY_KEY") and len(alerting.get("VICINO_REPLY_KEY", "")) < REPLY_KEY_CHARACTERS:
        yield warning(
            "There is no VICINO_REPLY_KEY of 32 characters: nobody can answer a message without signing in.",
            "put at least 32 random characters into the secret vicino_reply_key of alerts and dashboards",
        )
    if found.knows("VICINO_DEADMAN_URL") and not watching.get("VICINO_DEADMAN_URL"):
        yield warning(
            "Nobody outside is told that all lives, so nobody notices when this machine is gone.",
            "set VICINO_DEADMAN_URL of the watchdog (docs/operations/watching.md)",
        )
    for service in CLASSES:
        host = found.settings(service).get("VICINO_METRICS_HOST", LOOPBACK)
        if host not in LOCAL and found.run is not None:
            yield warning(
                f"The figures of {service} can be read by the whole network ({host}).",
                "set VICINO_METRICS_HOST to an address that only Prometheus reaches",
            )


def channels(found: Surroundings) -> Iterator[Finding]:
    """Tell whether people who are to be told by e-mail can be.

    Raises `NotKnownError` where alerts run elsewhere and nobody says here whether they have a mail server.
    """
    said = found.settings("alerts")
    if not said or said.get("VICINO_SMTP_URL"):
        return
    if not found.knows("VICINO_SMTP_URL"):
        raise NotKnownError
    with found.asking() as connection:
        people = reads.people(connection)
    if people.by_mail:
        yield error(
            f"No mail server is set, and {people.by_mail} people have an e-mail address: they get nothing there.",
            "set VICINO_SMTP_URL of alerts (docs/operations/notifications.md)",
        )


def _addresses(alerting: dict[str, str], pages: dict[str, str]) -> Iterator[Finding]:
    base = pages.get("VICINO_BASE_URL", "")
    parts = urlsplit(base)
    if alerting.get("VICINO_BASE_URL", "") != base:
        yield error(
            "alerts and dashboards have different VICINO_BASE_URL: links in messages lead astray.", "give both the same"
        )
    if (parts.hostname or "") in LOCAL:
        yield warning(
            "Links in messages lead to this machine only, because VICINO_BASE_URL does.",
            "set it to the address of the pages as people type it",
        )
    elif parts.scheme != "https":
        yield error(
            f"People sign in at {base} without encryption.",
            "serve the pages over https and say so in VICINO_BASE_URL (docs/operations/tls.md)",
        )
    sender = alerting.get("VICINO_MAIL_FROM", "vicino@localhost")
    if alerting.get("VICINO_SMTP_URL") and sender.endswith("@localhost"):
        yield warning("Messages come from vicino@localhost, which many mail servers refuse.", "set VICINO_MAIL_FROM")
