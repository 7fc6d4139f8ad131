"""The message of the day, as those choose it who get it."""

from datetime import time
from typing import NamedTuple
from uuid import UUID

from alerts.channels.names import title_of
from alerts.digest.choosing import Choice, OwnDigest
from dashboards.wording import Words


class ChoiceView(NamedTuple):
    """What is chosen, and the ways to choose among, by what people call them."""

    at: time | None
    channel: str | None
    ways: list[tuple[str, str]]


class DigestView(NamedTuple):
    """What somebody has chosen of one person; `hint` says when nothing comes all the same."""

    person: UUID
    name: str
    choice: ChoiceView
    hint: str


def choice_view(choice: Choice, words: Words) -> ChoiceView:
    """Return what is chosen as a page shows it."""
    return ChoiceView(choice.at, choice.channel, [(each, title_of(each, words.language)) for each in choice.channels])


def digest_views(found: list[OwnDigest], words: Words) -> list[DigestView]:
    """Return what somebody has chosen of each person."""
    return [DigestView(one.person, one.name, choice_view(one.choice, words), _hint(one, words)) for one in found]


def _hint(one: OwnDigest, words: Words) -> str:
    gettext = words.translations.gettext
    if one.hours is None:
        return gettext("At present it is not shared with you how the day goes: until it is, no message comes.")
    if one.hours.is_always:
        return ""
    return gettext("It is shared with you at these hours: %(hours)s. Choose a time within them.") % {
        "hours": str(one.hours)
    }
