"""What an erasure does with each table, in the order in which it is done.

Where a table has several rules, each concerns other rows of it. A statement is `erase_SCHEMA_TABLE` or
`detach_SCHEMA_TABLE` in `sql/`. A test holds the rules to the tables that there are: a new one needs a rule, too.
"""

from enum import StrEnum
from typing import NamedTuple

from core.translation import mark


class What(StrEnum):
    """What becomes of rows."""

    REMOVED = "removed"
    DETACHED = "detached"  # the row stays, without what leads to the person
    KEPT = "kept"


class Group(StrEnum):
    """Classes of data, as the certificate names them."""

    REGISTRATION = mark("registration: name, home, contacts, consents, shares, changes of them")
    ACCOUNTS = mark("accounts that served nothing but this person, and their sign-ins")
    DEVICES = mark("sensors and gateways of the home")
    READINGS = mark("readings, calls, and messages that could not be stored")
    FIGURES = mark("figures by the hour and the day that were made of readings")
    ANALYSIS = mark("what was worked out: episodes, indicators, days, findings, evidence, contexts")
    ALERTS = mark("alerts with texts, history, notes and outcomes")
    MESSAGES = mark("messages and addresses")
    AUDIT = mark("the key by which entries of who looked named the person")


class Rule(NamedTuple):
    """What becomes of rows of a table; `why` where they stay or are only detached."""

    table: str
    group: Group
    what: What
    why: str = ""

    @property
    def statement(self) -> str:
        """The name of the statement that does it."""
        verb = "erase" if self.what is What.REMOVED else "detach"
        return f"{verb}_{self.table.replace('.', '_')}"


def _removed(group: Group, *tables: str) -> tuple[Rule, ...]:
    return tuple(Rule(table, group, What.REMOVED) for table in tables)


CLASSES = ("event", "level", "vital", "technical")
SHARED = mark("the home goes on being somebody else's: only what names this person is taken out")
BY_NAME = mark("done for somebody else, or by accounts of this person: it stays without the name")

SEALED = mark(
    "who looked is sealed and cannot be changed; it names persons by a pseudonym, and the key to it is destroyed"
)
EXPORTED = mark(
    "pseudonyms of homes in exports, so that whoever has one can be told what to delete; nothing leads "
    "from them to a home any more"
)
OF_SEVERAL = mark("a note about several alerts: it is emptied where one of them was of this person")
HEARD_TOO = mark("a call from another home that this gateway had heard, too: it stays without that")
PAUSED = mark("a pause of a home in which somebody else lives: it stays, without who asked for it")
NUMBER_ONLY = mark("a number without login, name or password: entries of the audit refer to it")
OF_STAFF = mark(
    "an account that has a role is somebody's who works there: it stays, and is no longer close to this person"
)
TAKEN_IN = mark("a call of a home in which somebody else lives stays taken in, or it would call people again")

RULES: tuple[Rule, ...] = (
    *_removed(Group.AUDIT, "dashboards.audit_key"),
    Rule(
        "dashboards.audit", Group.AUDIT, What.KEPT,
        SEALED,
    ),
    Rule(
        "dashboards.research_export", Group.AUDIT, What.KEPT,
        EXPORTED,
    ),
    *_removed(Group.ACCOUNTS, "dashboards.session", "dashboards.half_sign_in", "dashboards.api_token"),
    *_removed(Group.MESSAGES, "alerts.reply", "alerts.summarised", "alerts.news", "alerts.notification"),
    Rule("alerts.shift_handover", Group.ALERTS, What.DETACHED, OF_SEVERAL),
    *_removed(
        Group.ALERTS, "alerts.tried_alert", "alerts.shift_handover_alert", "alerts.handover", "alerts.cause",
        "alerts.taken_in", "alerts.history",
    ),
    Rule("alerts.taken_in", Group.ALERTS, What.DETACHED, TAKEN_IN),
    Rule("alerts.history", Group.ALERTS, What.DETACHED, BY_NAME),
    Rule("alerts.alert", Group.ALERTS, What.DETACHED, SHARED),
    *_removed(Group.ALERTS, "alerts.alert", "alerts.test_alarm"),
    *_removed(
        Group.MESSAGES, "alerts.digest", "alerts.address", "alerts.push_device", "alerts.pairing", "alerts.trial",
    ),
    *_removed(
        Group.ANALYSIS, "analytics.sighted", "analytics.stated", "analytics.outcome", "analytics.finding",
        "analytics.context_history", "analytics.context",
        "analytics.context_due", "analytics.context_look", "analytics.previewed_home", "analytics.preview",
        "analytics.rule_setting", "analytics.expected_visit", "analytics.calendar", "analytics.due_day",
        "analytics.episode", "analytics.indicator", "analytics.hourly", "analytics.rhythm", "analytics.device_rhythm",
        "analytics.baseline", "analytics.silence", "analytics.silence_due", "analytics.silenced",
        "analytics.day_profile", "analytics.quiet_day", "analytics.expected_gap", "analytics.day_traces",
        "analytics.room_temperature", "analytics.change_day", "analytics.wellbeing_day", "analytics.day_digest",
    ),
    Rule("analytics.context_history", Group.ANALYSIS, What.DETACHED, BY_NAME),
    Rule("analytics.context", Group.ANALYSIS, What.DETACHED, SHARED),
    Rule("analytics.expected_visit", Group.ANALYSIS, What.DETACHED, SHARED),
    Rule("ingest.urgent", Group.READINGS, What.DETACHED, HEARD_TOO),
    *_removed(Group.READINGS, "ingest.urgent", *(f"ingest.reading_{each}" for each in CLASSES)),
    *_removed(Group.FIGURES, *(f"ingest.{span}_{each}" for span in ("hourly", "daily") for each in CLASSES)),
    *_removed(
        Group.READINGS, "ingest.touched", "ingest.reject", "ingest.reject_gone", "ingest.reject_room",
        "ingest.replay_request",
    ),
    *_removed(
        Group.DEVICES, "ingest.flood", "ingest.found_device", "ingest.inventory", "ingest.gateway_status",
        "ingest.gateway_transition", "devices.walk_test", "devices.history", "devices.placement", "devices.series",
        "devices.device", "devices.gateway_config", "devices.enrolment", "devices.gateway",
    ),
    Rule("devices.history", Group.DEVICES, What.DETACHED, BY_NAME),
    Rule("devices.walk_test", Group.DEVICES, What.DETACHED, BY_NAME),
    Rule("devices.offline_rules", Group.DEVICES, What.DETACHED, SHARED),
    *_removed(
        Group.DEVICES, "devices.offline_rules",
    ),
    *_removed(
        Group.REGISTRATION, "registry.share", "registry.person_account", "registry.invitation", "registry.contact",
        "registry.consent", "registry.study_member", "registry.pause",
    ),
    Rule("registry.pause", Group.REGISTRATION, What.DETACHED, PAUSED),
    *_removed(Group.REGISTRATION, "registry.edit"),
    Rule("registry.edit", Group.REGISTRATION, What.DETACHED, SHARED),
    *_removed(
        Group.REGISTRATION, "registry.caseload_home", "registry.room", "registry.person", "registry.home",
    ),
    Rule("registry.home", Group.REGISTRATION, What.DETACHED, SHARED),
    *_removed(
        Group.ACCOUNTS, "registry.identity", "registry.provider_request", "registry.passkey", "registry.second_factor",
        "registry.second_factor_offer", "registry.recovery_code", "registry.account_event",
    ),
    Rule("registry.account", Group.ACCOUNTS, What.DETACHED, NUMBER_ONLY),
    Rule("registry.membership", Group.ACCOUNTS, What.KEPT, OF_STAFF),
    Rule("alerts.policy", Group.ACCOUNTS, What.KEPT, OF_STAFF),
    Rule("alerts.policy_draft", Group.ACCOUNTS, What.KEPT, OF_STAFF),
    Rule("registry.caseload", Group.ACCOUNTS, What.KEPT, OF_STAFF),
)  # fmt: skip

# Tables in which nobody in care can be, each with its reason.
NOBODY: dict[str, str] = {
    "alerts.apprise_target": "addresses of services",
    "alerts.canary": "test calls",
    "alerts.channel": "names of channels",
    "alerts.face": "which text was said last of a channel",
    "alerts.heartbeat": "parts of the program",
    "alerts.progress": "an instant",
    "alerts.reading": "how far a channel was read",
    "alerts.reason": "words for outcomes",
    "alerts.rota": "shifts of staff",
    "alerts.retention": "nights and instants by class",
    "alerts.transition": "which states follow which",
    "analytics.progress": "a place in what came in",
    "analytics.queue_version": "a version",
    "analytics.retention": "nights and instants by class",
    "dashboards.audit_retired": "up to where the audit was dropped",
    "dashboards.audit_seal": "hashes of pseudonyms",
    "dashboards.erasure": "certificates, which name nobody",
    "dashboards.grafana_reader": "logins of Grafana",
    "dashboards.passkey_challenge": "random numbers of minutes",
    "dashboards.pseudonym_key": "keys of the installation",
    "ingest.erased_gateway": "salted digests of keys of gateways that are gone",
    "ingest.intake": "when something came in",
    "ingest.retention": "instants by class",
    "ingest.rollup_progress": "a place in what came in",
    "ingest.tally": "counts",
    "registry.organisation": "bodies",
    "registry.study": "studies",
    "registry.study_arm": "arms of studies",
}
