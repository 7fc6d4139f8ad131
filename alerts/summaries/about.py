"""What a message is for, and what one about several alerts says of them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from alerts.lifecycle import Family, State
from alerts.wording import FAMILY_TITLES, title
from core.translation import translator


class Purpose(StrEnum):
    """What a message is for."""

    CALL = "call"
    REMINDER = "reminder"
    MORNING_ROUND = "morning_round"
    OVERFLOW = "overflow"
    HAND_OVER = "hand_over"


SEVERAL = frozenset({Purpose.MORNING_ROUND, Purpose.OVERFLOW, Purpose.HAND_OVER})


class About(NamedTuple):
    """How many alerts of a kind in a state there are; `taken_by_name` is empty where nobody has them."""

    family: str
    kind: str
    state: str
    taken_by_name: str
    alerts: int


def headline(purpose: Purpose, about: Sequence[About], language: str) -> str:
    """Return what a message about several alerts is called."""
    translations = translator(language)
    gettext, ngettext = translations.gettext, translations.ngettext
    count = sum(each.alerts for each in about)
    if purpose is Purpose.MORNING_ROUND:
        return ngettext(
            "Morning round: %(count)d technical problem", "Morning round: %(count)d technical problems", count
        ) % {"count": count}
    if purpose is Purpose.OVERFLOW:
        return ngettext(
            "%(count)d more change in wellbeing today", "%(count)d more changes in wellbeing today", count
        ) % {"count": count}
    waiting = sum(each.alerts for each in about if each.state == State.NEW)
    given = {"count": count, "waiting": waiting}
    return gettext("Your shift begins: %(count)d open alerts, %(waiting)d without anybody in charge") % given


def lines(about: Sequence[About], language: str) -> list[str]:
    """Return a line for each kind: how many there are of it and who has them. It names nobody in a home."""
    gettext = translator(language).gettext
    said = []
    for each in about:
        family = Family(each.family)
        # Of wellbeing a message says no more than that it is about wellbeing.
        what = gettext(FAMILY_TITLES[family]) if family is Family.WELLBEING else title(each.kind, family, language)
        line = f"{each.alerts} x {what}"
        if each.taken_by_name:
            line = gettext("%(what)s, in charge: %(who)s") % {"what": line, "who": each.taken_by_name}
        said.append(line)
    return said
