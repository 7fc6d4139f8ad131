"""Alerts as pages show them: in the reader's language, with the person and the place."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import alerts.reads
import registry.reads
from alerts.handovers.tasks import OUTCOMES as TASK_OUTCOMES
from alerts.handovers.tasks import TaskOutcome
from alerts.lifecycle import ACTION_LABELS, JUDGED, OUTCOME_LABELS, Action, Family, Outcome
from alerts.reasons.catalogue import LABELS, PRESSED, REASONS, Reason
from alerts.replies.answers import BY_LINK
from analytics.contexts.kinds import NAMES as CONTEXTS
from analytics.contexts.kinds import ContextKind
from analytics.figures import FIGURES, Tongue, ends_in_words
from core.places import Place
from core.translation import mark
from dashboards.concern import Concern, concern_of
from dashboards.install_views import PLACES
from dashboards.lines import open_alert
from dashboards.wording import FAMILIES, IN_ROOM, Words
from devices.reads import Sensor

MOST_EPISODES = 12  # written out in the evidence
OUTCOME_HINTS: dict[Outcome, str] = {
    Outcome.TRUE: mark("Help or attention was needed."),
    Outcome.FALSE: mark("Nothing had happened: pressed by mistake or as a trial, or a mistake of a sensor or of ours."),
    Outcome.EXPLAINED: mark("As a visit, a holiday, a repair."),
    Outcome.UNCLEAR: mark("Nobody could find out."),
}


class OutcomeChoice(NamedTuple):
    """A way in which an alert can end, and the reasons that go with it, each with what is sent when it is tapped."""

    value: str
    label: str
    hint: str
    reasons: list[tuple[str, str]]


class AlertView(NamedTuple):
    """One alert in the reader's language."""

    public_id: UUID
    title: str
    sentence: str
    concern: Concern
    state: str
    happened_at: datetime
    opened_at: datetime
    times: int
    taken_by: str | None
    taken_at: datetime | None
    outcome: str
    person_public_id: str | None
    who: str
    municipality: str
    zone: ZoneInfo
    cancelled_at: datetime | None


class Entry(NamedTuple):
    """One line of the history in the reader's language."""

    at: datetime
    action: str
    outcome: str
    who: str
    note: str


def alert_view(
    alert: alerts.reads.Alert,
    home: registry.reads.Home,
    people: Sequence[registry.reads.Person],
    words: Words,
) -> AlertView:
    """Return an alert as a page shows it. It concerns its person, or where none is named everybody in the home."""
    opened = open_alert(alert, words)
    meant = [person for person in people if alert.person_id in (None, person.person_id)] or list(people)
    return AlertView(
        public_id=alert.public_id,
        title=alert.title(words.language),
        sentence=opened.sentence,
        concern=concern_of(opened.reason),
        state=alert.state.value,
        happened_at=alert.happened_at,
        opened_at=alert.opened_at,
        times=alert.times,
        taken_by=opened.taken_by,
        taken_at=alert.taken_at,
        outcome=words.say(OUTCOME_LABELS[alert.outcome]) if alert.outcome else "",
        person_public_id=meant[0].public_id if meant else None,
        who=", ".join(person.name for person in meant) or home.name,
        municipality=home.municipality,
        zone=home.zone,
        cancelled_at=datetime.fromisoformat(alert.evidence["cancelled_at"])
        if "cancelled_at" in alert.evidence
        else None,
    )


def entries(history: Sequence[alerts.reads.HistoryEntry], words: Words) -> list[Entry]:
    """Return the history, the latest first."""
    return [
        Entry(
            entry.at,
            _said(entry, words),
            _ended(entry, words),
            entry.account_name,
            entry.note,
        )
        for entry in reversed(history)
    ]


def _ended(entry: alerts.reads.HistoryEntry, words: Words) -> str:
    """Return how an alert ended, and why where that was said."""
    if entry.outcome is None:
        return ""
    said = words.say(OUTCOME_LABELS[entry.outcome])
    reason = entry.detail.get("reason")
    return f"{said} ({words.say(LABELS[Reason(reason)])})" if reason in set(Reason) else said


# What whoever is in charge writes down by one tap.
QUICK_NOTES: Mapping[str, str] = {
    "no_answer": mark("Called: nobody answers."),
    "well": mark("Called: all well so far."),
    "on_the_way": mark("Somebody is on the way."),
}


def outcome_choices(kind: str, words: Words) -> list[OutcomeChoice]:
    """Return what can be tapped to close an alert of a kind; only of what is pressed, that it was by mistake."""
    return [
        OutcomeChoice(
            outcome.value,
            words.say(OUTCOME_LABELS[outcome]),
            words.say(OUTCOME_HINTS[outcome]),
            [
                (f"{outcome}:{reason}", words.say(label))
                for reason, label in REASONS[outcome].items()
                if reason is not Reason.MISTAKE or kind in PRESSED
            ],
        )
        for outcome in JUDGED
    ]


def _said(entry: alerts.reads.HistoryEntry, words: Words) -> str:
    said = words.say(ACTION_LABELS[entry.action])
    if entry.action is Action.CONTACT_TOLD:
        which = words.translations.gettext("number %(number)d of its list") % {"number": entry.detail["contact"]}
        return f"{said}: {which}"
    if entry.action is Action.HANDED_OVER:
        return f"{said}: {entry.detail.get('association', '')}"
    if entry.action is Action.RETURNED and entry.detail.get("task") in set(TaskOutcome):
        return f"{said}: {words.say(TASK_OUTCOMES[TaskOutcome(entry.detail['task'])])}"
    if entry.action is Action.WITHDRAWN and entry.detail.get("context") in set(ContextKind):
        why = words.say(CONTEXTS[ContextKind(entry.detail["context"])])
        return words.translations.gettext("Explained by what is going on: %(why)s") % {"why": why}
    if entry.detail.get("by") == BY_LINK:
        return words.translations.gettext("%(done)s, by the link in the message") % {"done": said}
    return said


def evidence(
    alert: alerts.reads.Alert, sensor: Sensor | None, zone: ZoneInfo, now: datetime, words: Words
) -> list[tuple[str, str]]:
    """Return what an alert rests on, as pairs of label and value; of a call for help, on what `sensor` said."""
    gettext = words.translations.gettext
    rows = [] if alert.family is Family.SAFETY else [(gettext("Kind of alert"), words.say(FAMILIES[alert.family]))]
    rows += _reported(sensor, words)
    rows += _figures(alert.kind, alert.evidence, words)
    rows += _times(alert.evidence, zone, now, words)
    rows += _places(alert.family, alert.evidence, words)
    rows += _learned(alert.evidence, words)
    if alert.coverage is not None and alert.family is not Family.TECHNICAL:
        share = gettext("%(percent)s of the expected data") % {"percent": words.percent(alert.coverage)}
        rows.append((gettext("Rests on"), share))
    return rows


def _reported(sensor: Sensor | None, words: Words) -> list[tuple[str, str]]:
    """Say by what it was reported: what the sensor is on or watches, and in which room, as far as that is known."""
    if sensor is None:
        return []
    gettext = words.translations.gettext
    if sensor.place == Place.BODY:
        return [(gettext("Reported by"), gettext("what the person wears or carries"))]
    on = words.say(PLACES[Place(sensor.place)]) if sensor.place in set(Place) else ""
    where = words.place(sensor.room_kind) if sensor.room_kind in IN_ROOM else ""
    said = ", ".join(part for part in (on, where) if part) or sensor.device
    return [(gettext("Reported by"), said)]


def _figures(kind: str, facts: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    gettext, ngettext = words.translations.gettext, words.translations.ngettext
    usual = facts.get("usual")
    if kind not in FIGURES or not isinstance(usual, Mapping):
        return []
    figure, tongue = FIGURES[kind], Tongue.of(words.language)
    days = ngettext("%(count)d day", "%(count)d days", usual["days"]) % {"count": usual["days"]}
    return [
        (gettext("This time"), figure.written(facts["value"], tongue)),
        (gettext("Usually"), ends_in_words(usual["low"], usual["high"], figure.written, figure.between, tongue)),
        (gettext("Compared with"), days),
    ]


def _places(family: Family, facts: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """Say in which rooms the sensors are that something technical is about."""
    rooms = [words.place(room) for room in facts.get("rooms") or () if room in IN_ROOM]
    if family is not Family.TECHNICAL or not rooms:
        return []
    return [(words.translations.gettext("Where"), ", ".join(rooms))]


def _learned(facts: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """Say that outcomes of earlier alerts have made this one less or more likely to be told."""
    shift = facts.get("shift") or 0.0
    if not shift:
        return []
    gettext = words.translations.gettext
    how = gettext("more reluctantly than at first: alerts like this were often false")
    if shift < 0:
        how = gettext("more readily than at first: alerts like this were often right")
    return [(gettext("Told"), how)]


def _times(facts: Mapping[str, Any], zone: ZoneInfo, now: datetime, words: Words) -> list[tuple[str, str]]:
    gettext = words.translations.gettext
    rows = []
    if episodes := facts.get("episodes"):
        spans = [_span(episode, zone, words) for episode in episodes[:MOST_EPISODES]]
        rows.append((gettext("Seen at"), ", ".join(spans)))
    labels = {"received_at": gettext("Received"), "since": gettext("Silent since"), "until": gettext("Silent until")}
    for key, label in labels.items():
        if facts.get(key):
            rows.append((label, words.moment(datetime.fromisoformat(facts[key]), zone, now)))
    return rows


def _span(episode: Mapping[str, str], zone: ZoneInfo, words: Words) -> str:
    start, end = (words.clock(datetime.fromisoformat(episode[key]), zone) for key in ("start", "end"))
    return start if start == end else f"{start}-{end}"
