"""One home: whether it is heard, of how much its data tell, movement and warmth, and what was raised."""

from core.vocabulary import BY_NAME, PRESENCE
from dashboards.grafana.boards.words import Words
from dashboards.grafana.panels import (
    BLUE,
    GREEN,
    ORANGE,
    RED,
    YELLOW,
    Board,
    Row,
    bars,
    lines,
    number,
    rows,
    sql,
    states,
    table,
)

MOVEMENT = tuple(sorted(BY_NAME[name].id for name in PRESENCE))


def board(words: Words) -> Board:
    """Return the dashboard."""
    _ = words.say
    return Board(
        uid="vicino-home",
        title=_("Vicino: a home"),
        about=_("One home under its pseudonym: whether it is heard, movement and warmth, what is silent."),
        since="now-14d",
        variables=(words.organisation(), words.home()),
        rows=(_heard(words), _life(words), _raised(words)),
    )


def _heard(words: Words) -> Row:
    _ = words.say
    return Row(
        _("What is known of the home"),
        (
            number(
                _("Gateway"),
                *rows("home_gateway"),
                width=6,
                values={"0": (_("silent"), RED), "1": (_("heard"), GREEN)},
            ),
            number(_("Last heard"), *rows("home_heard"), width=6, unit="dateTimeFromNow"),
            number(_("Devices installed"), *rows("home_devices"), width=6, names={"devices": _("devices")}),
            lines(
                _("Readings"),
                *sql("home_readings"),
                width=6,
                height=5,
                least="1h",
                minimum=0,
                names={"readings": _("readings")},
            ),
            states(_("How each day stands"), *sql("home_days"), width=24, height=5, values=words.states()),
            lines(
                _("Of how much of the expected data each day tells"),
                *sql("home_coverage"),
                width=24,
                height=6,
                unit="percentunit",
                minimum=0,
                maximum=1,
                steps=((0, RED), (0.5, YELLOW), (0.8, GREEN)),
                names={"coverage": _("coverage")},
                about=_("Below 80 % there is no verdict: it is said that nothing is known."),
            ),
        ),
    )


def _life(words: Words) -> Row:
    _ = words.say
    return Row(
        _("Movement and warmth"),
        (
            bars(
                _("Movement, by room"),
                *sql("home_movement", movement=MOVEMENT),
                width=24,
                least="1h",
                names=words.rooms(),
                about=_("How often sensors saw somebody: a measure of movement, not of time."),
            ),
            lines(
                _("Temperature, by room"),
                *sql("home_temperature", temperature=BY_NAME["temperature"].id),
                width=24,
                least="1h",
                unit="celsius",
                names=words.rooms(),
                steps=((0, BLUE), (18, GREEN), (28, ORANGE), (32, RED)),
            ),
        ),
    )


def _raised(words: Words) -> Row:
    _ = words.say
    return Row(
        _("What was raised"),
        (
            table(
                _("Alerts"),
                *rows("home_alerts"),
                width=24,
                values=words.values_of_alerts(),
                units={"taken_after": "s"},
                names={
                    "opened": _("Opened"),
                    "family": _("Family"),
                    "kind": _("Kind"),
                    "state": _("State"),
                    "outcome": _("Outcome"),
                    "taken_after": _("Taken in charge after"),
                },
            ),
            table(
                _("What is or was silent"),
                *rows("home_silences"),
                width=24,
                values=words.values_of_silences(),
                units={"battery": "percent"},
                names={
                    "subject": _("What"),
                    "class": _("Why"),
                    "since": _("Since"),
                    "ended_at": _("Until"),
                    "battery": _("Battery"),
                },
            ),
        ),
    )
