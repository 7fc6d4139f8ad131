"""A change in one sentence or two, Italian and English: the figure, the usual range, the period, the coverage."""

from collections.abc import Sequence
from datetime import date, time

from analytics.baseline import LEAST_DAYS
from analytics.change.day import Sign
from analytics.explanation import Sentence, based_on, in_both, period, usual_range, written_day
from analytics.figures import FIGURES, Tongue
from analytics.indicators import INDICATORS, Indicator
from core.translation import mark

MOST_OTHERS = 2
# Of what is missed if it does not happen at all.
_MISSED = {"outings": mark("Nobody has gone out")}


def told(sign: Sign, day: date, others: Sequence[Sign], began: date | None, coverage: float) -> Sentence:
    """Say what has changed, up to `day`; `others` point the same way, and it `began` on an earlier day if given.

    Raises `KeyError` for an indicator that has no sentence.
    """
    return in_both(lambda language, t: _told(sign, day, others, began, coverage, Tongue(language, t)))


def _told(sign: Sign, day: date, others: Sequence[Sign], began: date | None, coverage: float, tongue: Tongue) -> str:
    t = tongue.t
    parts = [_missed(sign, day, tongue) if sign.is_missing else _departed(sign, day, tongue)]
    named = [_briefly(each, tongue) for each in others if each.usual is not None][:MOST_OTHERS]
    if named:
        parts.append(t.gettext("Also: %(others)s.") % {"others": "; ".join(named)})
    if began is not None:
        parts.append(t.gettext("First noticed on %(day)s.") % {"day": written_day(began, tongue.language)})
    if sign.usual is not None and sign.usual.days < LEAST_DAYS:
        text = t.ngettext(
            "Only %(count)d day is known so far: it is compared with other people, too.",
            "Only %(count)d days are known so far: they are compared with other people, too.",
            sign.usual.days,
        )
        parts.append(text % {"count": sign.usual.days})
    return " ".join([*parts, based_on(coverage, t)])


def _departed(sign: Sign, day: date, tongue: Tongue) -> str:
    figure, indicator, t = FIGURES[sign.kind], INDICATORS[sign.kind], tongue.t
    assert sign.usual is not None
    said = {
        "figure": figure.said(sign.value, tongue),
        "usual": usual_range(sign.usual, figure.written, figure.between, tongue),
        "days": sign.days,
        "day": written_day(day, tongue.language),
    }
    if sign.days == 1:
        said["period"] = period(indicator, day, tongue.language, t)
        return t.gettext("%(figure)s %(period)s; usually %(usual)s.") % said
    text = (
        t.gettext("%(figure)s on average in the %(days)d nights up to that of %(day)s; usually %(usual)s.")
        if _is_of_nights(indicator)
        else t.gettext("%(figure)s on average in the %(days)d days up to %(day)s; usually %(usual)s.")
    )
    return text % said


def _missed(sign: Sign, day: date, tongue: Tongue) -> str:
    t = tongue.t
    return t.ngettext(
        "%(what)s for %(count)d day, up to %(day)s; usually on %(usual)d of 10 days.",
        "%(what)s for %(count)d days, up to %(day)s; usually on %(usual)d of 10 days.",
        sign.days,
    ) % {
        "what": t.gettext(_MISSED[sign.kind]),
        "count": sign.days,
        "day": written_day(day, tongue.language),
        "usual": max(1, round(10 * sign.value)),
    }


def _briefly(sign: Sign, tongue: Tongue) -> str:
    figure = FIGURES[sign.kind]
    assert sign.usual is not None
    return tongue.t.gettext("%(figure)s (usually %(usual)s)") % {
        "figure": figure.said(sign.value, tongue),
        "usual": usual_range(sign.usual, figure.written, figure.between, tongue),
    }


def _is_of_nights(indicator: Indicator) -> bool:
    return indicator.begins >= indicator.ends and indicator.begins != time.min
