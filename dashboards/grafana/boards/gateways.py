"""Gateways and devices: which are heard, what is silent, and why."""

from dashboards.grafana.boards.words import Words
from dashboards.grafana.panels import (
    GREEN,
    GREY,
    ORANGE,
    RED,
    YELLOW,
    Board,
    Row,
    bars,
    figure,
    lines,
    number,
    rows,
    sql,
    table,
)


def board(words: Words) -> Board:
    """Return the dashboard."""
    _ = words.say
    return Board(
        uid="vicino-gateways",
        title=_("Vicino: gateways and devices"),
        about=_("Which gateways are heard, what is silent and why. Homes stand under pseudonyms."),
        since="now-30d",
        refresh="5m",
        variables=(words.organisation(),),
        rows=(_gateways(words), _devices(words)),
    )


def _gateways(words: Words) -> Row:
    _ = words.say
    return Row(
        _("Gateways"),
        (
            number(
                _("Gateways"),
                *rows("gateways_by_state"),
                width=10,
                names={"heard": _("heard"), "silent": _("silent"), "never_heard": _("never heard")},
                colours={"heard": GREEN, "silent": RED, "never_heard": GREY},
            ),
            number(
                _("Gateways that do not follow their configuration"),
                figure("max(vicino_devices_configs_unconfirmed)"),
                width=7,
                steps=((0, GREEN), (1, ORANGE)),
            ),
            number(
                _("Readings given up for want of room"),
                figure("max(vicino_gateways_thinned_readings)"),
                width=7,
                steps=((0, GREEN), (1, YELLOW)),
                about=_("Level readings that gateways gave up in all their life."),
            ),
            lines(
                _("Gateways heard"),
                figure("max(vicino_gateways_online)", _("heard")),
                figure("max(vicino_gateways)", _("registered")),
                minimum=0,
            ),
            lines(
                _("Readings that gateways hold"),
                figure("max(vicino_gateways_held_readings)", _("readings")),
                minimum=0,
                about=_("What gateways have stored and the service has not: much of it where a line is down."),
            ),
            table(
                _("Gateways that are silent"),
                *rows("gateways_silent"),
                width=16,
                units={"since": "dateTimeFromNow"},
                names=_columns(words),
                values={"mains": (_("mains"), GREEN), "battery": (_("battery"), ORANGE)},
            ),
            table(_("Versions of the program"), *rows("gateways_versions"), width=8, names=_columns(words)),
        ),
    )


def _devices(words: Words) -> Row:
    _ = words.say
    return Row(
        _("What is silent"),
        (
            bars(
                _("Silences that began, by day"), *sql("silences_begun"), width=24, names=words.silences(), least="1d"
            ),
            table(
                _("Silent now"),
                *rows("silences_open"),
                width=24,
                height=12,
                names=_columns(words),
                values=words.values_of_silences(),
                units={"since": "dateTimeFromNow", "battery": "percent"},
            ),
        ),
    )


def _columns(words: Words) -> dict[str, str]:
    _ = words.say
    return {
        "organisation": _("Organisation"),
        "home": _("Home"),
        "gateway": _("Gateway"),
        "since": _("Since"),
        "power": _("Power"),
        "queued": _("Readings held"),
        "version": _("Version"),
        "gateways": _("Gateways"),
        "subject": _("What"),
        "class": _("Why"),
        "battery": _("Battery"),
    }
