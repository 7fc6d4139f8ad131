"""Words for the figures of research: groups of persons, counts, shares and rates with their interval."""

from typing import Any

from core.translation import mark
from dashboards.statistics_views import lasting as lasting_of
from dashboards.wording import Words

NONE = "\N{EN DASH}"
SEXES = {"female": mark("women"), "male": mark("men"), "other": mark("other sex"), "": mark("sex not known")}
OLDEST, YOUNGEST = 90, 50


def counted(value: int | None, words: Words) -> str:
    """Return a count in words; None where it is not told."""
    return words.translations.gettext("not told") if value is None else words.number(value, 0)


def homes(value: int, words: Words) -> str:
    """Return in words a count of homes that was rounded down."""
    return words.translations.gettext("at least %(num)s") % {"num": words.number(value, 0)}


def who(sex: str | None, age_from: int | None, words: Words) -> str:
    """Return a group of persons in words; None of both is not for here."""
    gettext = words.translations.gettext
    if age_from is None:
        return gettext("%(sex)s, age not known") % {"sex": words.say(SEXES[sex or ""])}
    said = {"sex": words.say(SEXES[sex or ""]), "from": age_from + 1, "to": age_from + 10}
    if age_from >= OLDEST:
        return gettext("%(sex)s, %(from)d and older") % said
    if age_from <= YOUNGEST:
        return gettext("%(sex)s, up to %(to)d") % said
    return gettext("%(sex)s, %(from)d to %(to)d") % said


def lasting(seconds: float | None, words: Words) -> str:
    """Return how long something took in words."""
    return NONE if seconds is None else lasting_of(seconds, words)


def share(each: dict[str, Any], words: Words) -> str:
    """Return the share of real needs with its interval in words."""
    if each["precision"] is None:
        return NONE
    names = {"share": "precision", "low": "precision_low", "high": "precision_high"}
    said = {name: words.percent(each[of]) for name, of in names.items()}
    return words.translations.gettext("%(share)s (%(low)s to %(high)s)") % said


def rate(each: dict[str, Any], words: Words) -> str:
    """Return a rate with its interval in words."""
    names = {"rate": "per_1000_days", "low": "rate_low", "high": "rate_high"}
    said = {name: words.number(each[of], 1) for name, of in names.items()}
    return words.translations.gettext("%(rate)s (%(low)s to %(high)s)") % said


def summary(cohort: list[dict[str, Any]], words: Words) -> str:
    """Return in words of whom the figures are."""
    t = words.translations
    # Of a total, what is left out of the table could be told by subtraction.
    if any(None in (each["homes"], each["persons"]) for each in cohort):
        return t.gettext(
            "All who live in these homes agree to research. How many homes there are is not said: a group is too small."
        )
    of_homes, persons = (sum(each[what] for each in cohort) for what in ("homes", "persons"))
    if not of_homes:
        return t.gettext("There is no home all of whose residents agree to research.")
    said = {
        "homes": t.ngettext("%(num)s home", "%(num)s homes", of_homes) % {"num": words.number(of_homes, 0)},
        "persons": t.ngettext("%(num)s person", "%(num)s persons", persons) % {"num": words.number(persons, 0)},
    }
    return t.gettext("Of %(homes)s with %(persons)s, all of whom agree to research.") % said
