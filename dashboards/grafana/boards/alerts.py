"""Alerts: what is open, how many there are, how soon people are told and take charge, and how they end."""

from dashboards.grafana.boards.words import FAMILY_COLOURS, Words
from dashboards.grafana.panels import (
    GREEN,
    ORANGE,
    RED,
    YELLOW,
    Board,
    Panel,
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
        uid="vicino-alerts",
        title=_("Vicino: alerts"),
        about=_("What is open, how soon people are told and take charge, and how alerts end. Nobody is named."),
        since="now-30d",
        refresh="1m",
        variables=(words.organisation(), words.family()),
        rows=(_now(words), _time(words), _ends(words)),
    )


def _now(words: Words) -> Row:
    _ = words.say
    quantile = "histogram_quantile({}, sum by (le) (rate({}[15m])))"
    notified = 'vicino_alerts_safety_notified_seconds_bucket{since="reading"}'
    return Row(
        _("Now"),
        (
            number(_("Open alerts"), *rows("alerts_open"), width=12, names=words.families(), colours=FAMILY_COLOURS),
            number(
                _("The oldest call for help that nobody has taken waits for"),
                *rows("alerts_untaken"),
                width=12,
                unit="s",
                steps=((0, GREEN), (120, ORANGE), (600, RED)),
            ),
            lines(
                _("A call for help, from its reading to a channel"),
                figure(quantile.format("0.5", notified), "50 %"),
                figure(quantile.format("0.99", notified), "99 %"),
                unit="s",
                steps=((0, GREEN), (2, RED)),
                minimum=0,
            ),
            bars(
                _("Attempts to deliver messages"),
                figure(
                    "sum by (channel, result) (increase(vicino_alerts_notifications_total[15m]))",
                    "{{channel}}: {{result}}",
                ),
                about=_("Sent, to be tried again, failed for good, by the next way instead, or no longer wanted."),
            ),
            lines(
                _("Messages waiting"),
                figure("max(vicino_alerts_notifications_waiting)", _("waiting")),
                figure("max(vicino_alerts_notifications_failed)", _("never delivered")),
                minimum=0,
                colours={_("never delivered"): RED},
            ),
            lines(
                _("Messages that went by the next way"),
                figure("sum by (channel) (increase(vicino_alerts_fallbacks_total[1h]))", "{{channel}}"),
                minimum=0,
            ),
        ),
    )


def _time(words: Words) -> Row:
    _ = words.say
    return Row(
        _("How many, and how soon"),
        (
            bars(
                _("Alerts that opened, by day"),
                *sql("alerts_opened"),
                width=24,
                names=words.families(),
                colours=FAMILY_COLOURS,
                least="1d",
            ),
            lines(
                _("Until somebody took charge, by week"),
                *sql("alerts_taken_within"),
                unit="s",
                least="1d",
                minimum=0,
                names={"half": _("half of them within"), "nine_in_ten": _("nine in ten within")},
            ),
            lines(
                _("Until a channel had the first message: nine in ten within"),
                *sql("alerts_told_within"),
                unit="s",
                least="1d",
                minimum=0,
                names=words.families(),
                colours=FAMILY_COLOURS,
                steps=((0, GREEN), (30, YELLOW), (300, RED)),
            ),
        ),
    )


def _ends(words: Words) -> Row:
    _ = words.say
    outcomes = Panel(
        kind="barchart",
        title=_("How alerts ended"),
        asked=rows("alerts_outcomes"),
        width=8,
        height=10,
        names={"alerts": _("Alerts")},
        values={outcome: (name, "") for outcome, name in words.outcomes().items()},
        options={
            "orientation": "horizontal",
            "showValue": "always",
            "xField": "outcome",
            "legend": {"showLegend": False},
        },
    )
    kinds = table(
        _("What they were about"),
        *rows("alerts_kinds"),
        width=16,
        height=10,
        values=words.values_of_alerts(),
        names={
            "kind": _("Kind"),
            "alerts": _("Alerts"),
            "needed": _("Attention was needed"),
            "mistaken": _("Mistaken"),
            "explained": _("Explained"),
            "unanswered": _("Nobody answered"),
        },
    )
    return Row(_("How they ended"), (outcomes, kinds))
