"""How alerts are answered, in words and pictures."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from alerts.channels.names import title_of
from alerts.reasons.catalogue import LABELS
from alerts.statistics.figures import Figures, Hour, OfFamily, OfKind, OfShift, Sent
from alerts.statistics.times import Times
from alerts.wording import title
from analytics.feedback.precision import Counts
from core.translation import mark
from dashboards.pictures.counts import counts_picture
from dashboards.pictures.shares import Part, shares_picture
from dashboards.pictures.times import TICKS_S, times_axis, times_picture
from dashboards.wording import FAMILIES, Words

TOLD = mark("Until somebody was told")
TAKEN = mark("Until somebody took charge")
CLOSED = mark("Until it was closed")
NOT_KNOWN = mark("Nobody can tell yet: too many are not over.")
NONE = mark("There were none.")
# Drawn from what was right to what was wrong; each stands in words beside the bar.
OUTCOMES = (
    ("true", "state-usual", mark("It was a real need")),
    ("explained", "told", mark("There was a known reason")),
    ("unclear", "state-unknown", mark("It is not clear")),
    ("false", "state-act", mark("False alarm")),
)
STATES = (
    ("sent", "state-usual", mark("Accepted by the channel")),
    ("waiting", "state-look", mark("Not sent yet")),
    ("called_off", "state-unknown", mark("Called off: somebody had taken charge")),
    ("failed", "state-act", mark("Failed")),
)


class TimesView(NamedTuple):
    """How long something takes: what it is, in words, and as a picture."""

    name: str
    sentence: str
    picture: str


class HourView(NamedTuple):
    """One hour of the day in which alerts opened."""

    name: str
    alerts: int
    unanswered: int
    taken: str


class ShiftView(NamedTuple):
    """The alerts that opened in one shift."""

    name: str
    alerts: int
    unanswered: int
    told: str
    taken: str
    closed: str


class FamilyView(NamedTuple):
    """The alerts of one family."""

    family: str
    name: str
    sentences: list[str]
    times: list[TimesView]
    axis: str
    hours: str
    table: list[HourView]
    shifts: list[ShiftView]


class BarView(NamedTuple):
    """Something with a bar of its parts, which the sentence says as well."""

    name: str
    sentence: str
    picture: str


class FiguresView(NamedTuple):
    """All that is told of some organisations."""

    summary: str
    families: list[FamilyView]
    kinds: list[BarView]
    channels: list[BarView]


def view_of(figures: Figures, words: Words) -> FiguresView:
    """Return figures in words and pictures."""
    return FiguresView(
        _summary(figures, words),
        [_family(each, words) for each in figures.families if each.alerts],
        [_kind(number, each, words) for number, each in enumerate(figures.kinds) if each.counts.all],
        [_channel(number, each, words) for number, each in enumerate(figures.channels)],
    )


def lasting(seconds: float, words: Words) -> str:
    """Return a duration in the units that fit it, as in 40 s, 8 min, 2 h 10 min or 3 days."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{max(1, round(seconds))} s"
    if seconds < 2 * 86_400:
        return words.lasted(timedelta(seconds=seconds))
    days = round(seconds / 86_400)
    return words.translations.ngettext("%(num)s day", "%(num)s days", days) % {"num": words.number(days, 0)}


def _summary(figures: Figures, words: Words) -> str:
    ngettext = words.translations.ngettext
    alerts = ngettext("%(num)s alert", "%(num)s alerts", figures.alerts) % {"num": words.number(figures.alerts, 0)}
    homes = ngettext("%(num)s home", "%(num)s homes", figures.homes) % {"num": words.number(figures.homes, 0)}
    return words.translations.gettext("%(alerts)s in %(homes)s.") % {"alerts": alerts, "homes": homes}


def _family(found: OfFamily, words: Words) -> FamilyView:
    name = words.say(FAMILIES[found.family])
    return FamilyView(
        found.family,
        name,
        [*_how_many(found, words), *_nobody(found, words)],
        [
            _times(f"{found.family}-{what}", words.say(label), each, words)
            for what, label, each in (
                ("told", TOLD, found.told),
                ("taken", TAKEN, found.taken),
                ("closed", CLOSED, found.closed),
            )
        ],
        times_axis([lasting(seconds, words) if seconds < TICKS_S[-1] else lasting_day(words) for seconds in TICKS_S]),
        _hours(found, name, words),
        [_hour(hour, words) for hour in found.hours if hour.alerts],
        [_shift(shift, words) for shift in found.shifts],
    )


def lasting_day(words: Words) -> str:
    """Return what a day is called on the scale."""
    return words.translations.ngettext("%(num)s day", "%(num)s days", 1) % {"num": words.number(1, 0)}


def _how_many(found: OfFamily, words: Words) -> list[str]:
    ngettext = words.translations.ngettext
    said = ngettext("%(num)s alert", "%(num)s alerts", found.alerts) % {"num": words.number(found.alerts, 0)}
    if found.per_home_week is None:
        return [f"{said}."]
    per = words.number(found.per_home_week, 2)
    return [words.translations.gettext("%(alerts)s: %(per)s a week for each home.") % {"alerts": said, "per": per}]


def _nobody(found: OfFamily, words: Words) -> list[str]:
    share = found.unanswered_share
    if not found.unanswered or share is None:
        return [words.translations.gettext("There is none that nobody took charge of in time.")]
    said = words.translations.ngettext(
        "Of %(num)s nobody took charge in time (%(share)s).", "Of %(num)s nobody took charge in time (%(share)s).",
        found.unanswered,
    )  # fmt: skip
    return [said % {"num": words.number(found.unanswered, 0), "share": words.percent(share)}]


def _times(identity: str, name: str, found: Times, words: Words) -> TimesView:
    sentence = " ".join(_within(found, words))
    return TimesView(
        name, sentence, times_picture(identity, found.median_s, found.p90_s, title=name, description=sentence)
    )


def _within(found: Times, words: Words) -> list[str]:
    gettext, ngettext = words.translations.gettext, words.translations.ngettext
    if not found.alerts:
        return [words.say(NONE)]
    said = []
    if found.median_s is None:
        said.append(words.say(NOT_KNOWN))
    elif found.p90_s is None:
        said.append(gettext("Half within %(median)s.") % {"median": lasting(found.median_s, words)})
    else:
        times = {"median": lasting(found.median_s, words), "p90": lasting(found.p90_s, words)}
        said.append(gettext("Half within %(median)s, nine of ten within %(p90)s.") % times)
    if found.not_over:
        said.append(
            ngettext(
                "%(num)s of %(all)s has not come to it: it counts with the time it has taken so far.",
                "%(num)s of %(all)s have not come to it: they count with the time they have taken so far.",
                found.not_over,
            )
            % {"num": words.number(found.not_over, 0), "all": words.number(found.alerts, 0)}
        )
    return said


def _hours(found: OfFamily, name: str, words: Words) -> str:
    gettext = words.translations.gettext
    busiest = max(found.hours, key=lambda hour: hour.alerts)
    said = gettext("Most open between %(from)s and %(to)s: %(num)s.") % {
        "from": f"{busiest.hour}:00",
        "to": f"{busiest.hour + 1}:00",
        "num": words.number(busiest.alerts, 0),
    }
    return counts_picture(
        f"{found.family}-hours",
        [hour.alerts for hour in found.hours],
        ("0:00", "24:00"),
        title=gettext("%(family)s: alerts by the hour in which they open") % {"family": name},
        description=said,
    )


def _hour(hour: Hour, words: Words) -> HourView:
    return HourView(f"{hour.hour}:00", hour.alerts, hour.unanswered, _half(hour.taken, words))


def _shift(found: OfShift, words: Words) -> ShiftView:
    rota, begins, ends = found.shift
    if begins is None or ends is None:
        name = words.translations.gettext("%(rota)s: nobody had a shift") % {"rota": rota}
    else:
        name = f"{rota}, {begins:%H:%M}\N{EN DASH}{ends:%H:%M}"
    took = (_half(each, words) for each in (found.told, found.taken, found.closed))
    return ShiftView(name, found.alerts, found.unanswered, *took)


def _half(found: Times, words: Words) -> str:
    return "\N{EN DASH}" if found.median_s is None else lasting(found.median_s, words)


def _kind(number: int, found: OfKind, words: Words) -> BarView:
    name = title(found.kind, found.family, words.language)
    counts = found.counts
    sentence = " ".join([*_right(counts, words), _parts(counts._asdict(), OUTCOMES, words), *_reasons(found, words)])
    parts = [Part(look, counts._asdict()[key]) for key, look, _ in OUTCOMES]
    return BarView(name, sentence, shares_picture(f"kind-{number}", parts, title=name, description=sentence))


def _reasons(found: OfKind, words: Words) -> list[str]:
    if not found.reasons:
        return []
    given = "; ".join(f"{words.say(LABELS[reason])}: {words.number(count, 0)}" for reason, count in found.reasons)
    return [words.translations.gettext("Reasons: %(given)s.") % {"given": given}]


def _right(counts: Counts, words: Words) -> list[str]:
    precision, interval = counts.precision, counts.interval
    if precision is None or interval is None:
        return []
    said = words.translations.gettext("A real need in %(share)s of those decided (between %(low)s and %(high)s).")
    low, high = interval
    shares = {"share": words.percent(precision), "low": words.percent(low), "high": words.percent(high)}
    return [said % shares]


def _channel(number: int, found: Sent, words: Words) -> BarView:
    name = title_of(found.channel, words.language)
    counts = {key: getattr(found, key) for key, _, _ in STATES}
    said = [_parts(counts, STATES, words)]
    extra = words.translations.gettext(
        "More than one attempt: %(again)s. Perhaps arrived twice: %(uncertain)s. Instead of another way: %(instead)s."
    )
    numbers = {key: words.number(getattr(found, key), 0) for key in ("again", "uncertain", "instead")}
    sentence = " ".join([*said, extra % numbers])
    parts = [Part(look, counts[key]) for key, look, _ in STATES]
    return BarView(name, sentence, shares_picture(f"channel-{number}", parts, title=name, description=sentence))


def _parts(counts: dict[str, int], names: Sequence[tuple[str, str, str]], words: Words) -> str:
    said = [f"{words.say(label)}: {words.number(counts[key], 0)}" for key, _, label in names if counts[key]]
    return f"{'; '.join(said)}." if said else ""
