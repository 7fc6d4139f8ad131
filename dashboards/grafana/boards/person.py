"""The indicators of whoever lives in a home, each beside the person's own usual range, by parts of life."""

from analytics.figures import FIGURES
from analytics.indicators import INDICATORS, vital_signs
from dashboards.grafana.boards.words import Words
from dashboards.grafana.panels import (
    BLUE,
    GREY,
    RED,
    YELLOW,
    Board,
    Panel,
    Row,
    bars,
    lines,
    rows,
    sql,
    states,
    table,
)
from dashboards.grafana.sources import Model
from dashboards.trends import KINDS, NAMES, Part

# What Grafana calls the units of indicators; vital signs come in UCUM.
UNITS = {
    "1": "short",
    "h": "h",
    "min": "m",
    "s": "s",
    "kg": "masskg",
    "mm[Hg]": "suffix:mmHg",
    "/min": "suffix:/min",
    "Cel": "celsius",
    "%": "percent",
}


def board(words: Words) -> Board:
    """Return the dashboard."""
    _ = words.say
    first, *others = Part
    return Board(
        uid="vicino-person",
        title=_("Vicino: indicators of a person"),
        about=_("Daily indicators of whoever lives in a home, beside what is usual for them. No diagnosis."),
        since="now-90d",
        variables=(words.organisation(), words.home()),
        marks=("person_contexts", _("What was going on at home")),
        rows=(
            _days(words),
            _part(words, first, folded=False),
            *(_part(words, part, folded=True) for part in others),
            _vital_signs(words),
        ),
    )


def _days(words: Words) -> Row:
    _ = words.say
    episodes = {"in_bed": _("in bed"), "sleep": _("asleep"), "outing": _("out of the home")}
    named = {kind: (_(figure.name), GREY) for kind, figure in FIGURES.items()}
    return Row(
        _("Day by day"),
        (
            states(_("How each day stands"), *sql("person_days"), width=24, height=5, values=words.states()),
            lines(
                _("How far from usual"),
                *sql("person_score"),
                minimum=0,
                colours={"threshold": RED},
                names={"score": _("rarity of the day"), "threshold": _("told from here on")},
            ),
            bars(_("Time in bed, asleep and out"), *sql("person_episodes"), unit="s", least="1d", names=episodes),
            table(
                _("What analysis has found"),
                *rows("person_findings"),
                width=24,
                units={"severity": "percentunit", "coverage": "percentunit"},
                values={**named, "true": (_("yes"), YELLOW), "false": (_("no"), GREY)},
                names={
                    "started": _("Since"),
                    "kind": _("Kind"),
                    "severity": _("Severity"),
                    "coverage": _("Coverage"),
                    "trial": _("On trial"),
                    "withdrawn": _("Taken back"),
                },
            ),
        ),
    )


def _part(words: Words, part: Part, *, folded: bool) -> Row:
    return Row(words.say(NAMES[part]), tuple(_indicator(words, kind) for kind in KINDS[part]), folded)


def _vital_signs(words: Words) -> Row:
    _ = words.say
    kinds = [indicator.kind for indicator in vital_signs.INDICATORS]
    return Row(_("Vital signs"), tuple(_indicator(words, kind) for kind in kinds), folded=True)


def _indicator(words: Words, kind: str) -> Panel:
    _ = words.say
    return lines(
        _(FIGURES[kind].name),
        *sql("person_indicator", kind=kind),
        unit=UNITS[INDICATORS[kind].unit],
        colours={"value": BLUE, "low": GREY, "high": GREY},
        overrides=_BAND,
        names={"value": _("measured"), "low": _("usual from"), "high": _("usual to")},
        about=_("The band is what was usual for the person in the weeks before."),
        custom={"pointSize": 5, "fillOpacity": 0},
    )


# The usual range as a band: the upper end is filled down to the lower one.
_BAND: tuple[Model, ...] = (
    {
        "matcher": {"id": "byName", "options": "high"},
        "properties": [
            {"id": "custom.fillBelowTo", "value": "low"},
            {"id": "custom.fillOpacity", "value": 15},
            {"id": "custom.lineWidth", "value": 0},
            {"id": "custom.showPoints", "value": "never"},
        ],
    },
    {
        "matcher": {"id": "byName", "options": "low"},
        "properties": [{"id": "custom.lineWidth", "value": 0}, {"id": "custom.showPoints", "value": "never"}],
    },
)
