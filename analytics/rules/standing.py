"""What rules and detectors are set to for a home: active, on trial or off, and their limits.

An organisation sets them for its homes and those of the organisations below it; a home may have its own. What is set
nearer to the home counts, field by field.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NamedTuple

import msgspec

from analytics.change.budget import DEFAULT_BUDGET
from analytics.change.domains import DOMAIN_OF
from analytics.findings import Finding
from analytics.indicators import INDICATORS
from analytics.rules.catalogue import OF_KIND, RULES
from analytics.rules.protocol import Mode, Settings
from core.errors import VicinoError

# Judged as they happen, by `analytics.stillness`.
QUIET_TIMES = ("stillness", "long_absence")


# Changes of all domains together; each indicator that may tell one can be set by itself, too.
CHANGES = "changes"
# The detector that has learned from labelled days: on trial, as nobody has labelled days of these homes.
LEARNED = "learned"


class ChangeSettings(Settings, frozen=True):
    """Of what tells changes: the `budget` of wellbeing alerts per home and week, of which changes have their share."""

    budget: Annotated[float, msgspec.Meta(ge=0.02, le=5)] = DEFAULT_BUDGET


class SuddenSettings(Settings, frozen=True):
    """Of a detector of sudden changes: `limit` robust standard deviations from the person's own median."""

    limit: Annotated[float, msgspec.Meta(ge=1, le=20)] = 4.0


class Standing(NamedTuple):
    """What a rule or detector is set to."""

    mode: Mode
    settings: Any


class Setting(NamedTuple):
    """What was set of one rule at one place: a mode (None: as above it), and those fields that differ."""

    rule: str
    mode: Mode | None
    fields: Mapping[str, Any]


def settings_of(rule: str) -> type[Settings]:
    """Return what can be set of a rule or detector. Raises `VicinoError` for one that there is not."""
    if rule in RULES:
        return RULES[rule].settings
    if rule == CHANGES:
        return ChangeSettings
    if rule in QUIET_TIMES or rule in DOMAIN_OF or rule == LEARNED:
        return Settings
    if rule in INDICATORS:
        return SuddenSettings
    known = ", ".join([*RULES, *QUIET_TIMES, CHANGES, LEARNED, *DOMAIN_OF])
    raise VicinoError(f"There is no rule {rule!r}.", advice=f"choose one of: {known}")


def default(rule: str) -> Standing:
    """Return what a rule or detector is set to where nobody has set anything.

    Raises `VicinoError` for one that there is not.
    """
    settings = settings_of(rule)()
    if rule in RULES:
        return Standing(RULES[rule].mode, settings)
    if rule == LEARNED:
        return Standing(Mode.SHADOW, settings)
    is_on = rule in QUIET_TIMES or rule == CHANGES or rule in DOMAIN_OF or INDICATORS[rule].judged
    return Standing(Mode.ACTIVE if is_on else Mode.OFF, settings)


def with_fields(rule: str, settings: Any, fields: Mapping[str, Any]) -> Any:
    """Return settings with some fields changed. Raises `VicinoError` where a value does not fit."""
    try:
        return msgspec.convert(msgspec.to_builtins(settings) | dict(fields), settings_of(rule), strict=False)
    except msgspec.ValidationError as error:
        raise VicinoError(
            f"The settings of {rule} do not fit: {error}.",
            kept="Nothing was changed.",
            advice=f"known settings: {', '.join(settings_of(rule).__struct_fields__)}",
        ) from None


def standings(settings: Iterable[Setting]) -> dict[str, Standing]:
    """Return what all rules are set to, by what was set from the top of the organisations down to the home.

    Detectors of indicators are there only where something was set. What is stored and does not fit any more is left as
    it was above.
    """
    found = {rule: default(rule) for rule in (*RULES, *QUIET_TIMES, CHANGES, LEARNED)}
    for each in settings:
        try:
            before = found.get(each.rule) or default(each.rule)
            fields = with_fields(each.rule, before.settings, each.fields)
        except VicinoError:
            continue
        found[each.rule] = Standing(each.mode or before.mode, fields)
    return found


def rule_of(kind: str) -> str:
    """Return the rule or detector that findings of a kind are of."""
    return OF_KIND.get(kind, kind)


def standing_of(kind: str, known: Mapping[str, Standing]) -> Standing | None:
    """Return what the rule or detector of a kind of findings is set to; None where nothing was set of it."""
    own = known.get(rule_of(kind))
    return known.get(CHANGES) if own is None and kind in DOMAIN_OF else own


def budget_of(known: Mapping[str, Standing]) -> float:
    """Return how many wellbeing alerts a home may cause in a week."""
    return float(known[CHANGES].settings.budget) if CHANGES in known else DEFAULT_BUDGET


def changes_are_set(known: Mapping[str, Standing]) -> bool:
    """Tell whether somebody has set what tells changes, in whole or of one indicator."""
    return bool(known.keys() & DOMAIN_OF.keys()) or known.get(CHANGES) not in (None, default(CHANGES))


def held(findings: Iterable[Finding], known: Mapping[str, Standing]) -> list[Finding]:
    """Return the findings of rules and detectors that are not off, those on trial marked as such."""
    kept = []
    for finding in findings:
        standing = standing_of(finding.kind, known)
        if standing is None or standing.mode is Mode.ACTIVE:
            kept.append(finding)
        elif standing.mode is Mode.SHADOW:
            kept.append(finding._replace(trial=True))
    return kept
