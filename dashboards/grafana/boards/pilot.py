"""The pilot as a whole: homes, coverage, how days stand, how much is raised and how often it was needed."""

from dashboards.grafana.boards.words import FAMILY_COLOURS, Words
from dashboards.grafana.panels import (
    GREEN,
    RED,
    YELLOW,
    Board,
    Row,
    bars,
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
        uid="vicino-pilot",
        title=_("Vicino: the pilot"),
        about=_("Homes, coverage, how days stand, how much is raised and how often it was needed; counts alone."),
        since="now-90d",
        variables=(words.organisation(),),
        rows=(_homes(words), _raised(words)),
    )


def _homes(words: Words) -> Row:
    _ = words.say
    agreements = {
        "organisation": _("Organisation"),
        "purpose": _("Purpose"),
        "basis": _("Legal basis"),
        "persons": _("Persons"),
    }
    said = {
        "care": (_("care"), GREEN),
        "family": (_("family"), GREEN),
        "research": (_("research"), GREEN),
        "open_data": (_("open data"), GREEN),
        "consent": (_("consent"), GREEN),
        "public_task": (_("public task"), GREEN),
        "legal_obligation": (_("legal obligation"), GREEN),
        "contract": (_("contract"), GREEN),
        "vital_interests": (_("vital interests"), GREEN),
    }
    return Row(
        _("Homes and data"),
        (
            number(
                _("Homes and persons"),
                *rows("pilot_homes"),
                width=12,
                height=8,
                names={"homes": _("homes"), "persons": _("persons"), "devices": _("devices")},
            ),
            lines(
                _("Gateways enrolled so far"),
                *sql("pilot_enrolled"),
                minimum=0,
                names={"gateways": _("gateways")},
                custom={"lineInterpolation": "stepAfter"},
            ),
            bars(
                _("How homes stand, by day"),
                *sql("pilot_states"),
                width=24,
                least="1d",
                names={state: name for state, (name, _colour) in words.states().items()},
                colours={state: colour for state, (_name, colour) in words.states().items()},
            ),
            lines(
                _("Of how much of the expected data days tell"),
                *sql("pilot_coverage"),
                width=12,
                unit="percentunit",
                minimum=0,
                maximum=1,
                steps=((0, RED), (0.5, YELLOW), (0.8, GREEN)),
                least="1d",
                names={"half": _("the middle home"), "nine_in_ten": _("nine in ten homes have more than")},
            ),
            table(
                _("On what the use of data rests"), *rows("pilot_agreements"), width=12, names=agreements, values=said
            ),
        ),
    )


def _raised(words: Words) -> Row:
    _ = words.say
    return Row(
        _("What is raised"),
        (
            bars(
                _("Alerts for each home and week"),
                *sql("pilot_load"),
                names=words.families(),
                colours=FAMILY_COLOURS,
                least="7d",
            ),
            lines(
                _("Changes in wellbeing for which attention was needed"),
                *sql("pilot_precision"),
                unit="percentunit",
                minimum=0,
                maximum=1,
                least="7d",
                steps=((0, RED), (0.3, YELLOW), (0.6, GREEN)),
                names={"needed": _("needed")},
                about=_("Of those that somebody judged as needed or mistaken."),
            ),
            table(
                _("What detectors have found"),
                *rows("pilot_detectors"),
                width=24,
                height=10,
                values=words.values_of_alerts(),
                names={
                    "detector": _("Detector"),
                    "kind": _("Kind"),
                    "findings": _("Findings"),
                    "on_trial": _("On trial"),
                    "taken_back": _("Taken back"),
                },
            ),
        ),
    )
