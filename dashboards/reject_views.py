"""What could not be stored, in words."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from core.translation import mark
from dashboards.wording import Words
from ingest.rejects.reads import Gone, Group, Wish
from ingest.rejects.replaying import CHANGEABLE
from ingest.rejects.wording import WORDINGS
from ingest.validate import Reason

PENDING = mark("Being tried again: what came of it appears here in a moment.")
FAILED = mark("It could not be tried again. Tell whoever looks after the software.")


class GroupView(NamedTuple):
    """What is not stored of one gateway for one reason, in words.

    `newest` is the number of its newest message. `can_be_tried` says whether it may be stored now, `is_pending` whether
    that is going to be tried.
    """

    gateway: str
    name: str
    meaning: str
    advice: str
    times: str
    readings: str
    last_at: datetime
    newest: int
    can_be_tried: bool
    is_pending: bool


class WishView(NamedTuple):
    """An attempt somebody wished, and what came of it."""

    gateway: str
    name: str
    at: datetime
    sentence: str


def group_view(group: Group, wishes: Sequence[Wish], words: Words) -> GroupView:
    """Return a group in words."""
    wording = WORDINGS[group.reason]
    return GroupView(
        gateway=group.gateway_key or "",
        name=words.say(wording.name),
        meaning=words.say(wording.meaning),
        advice=words.say(wording.advice),
        times=words.number(group.times, 0),
        readings=words.number(group.records, 0),
        last_at=group.last_at,
        newest=group.newest,
        can_be_tried=group.cut < group.messages
        and can_be_tried(group.reason, group.gateway_key, is_registered=group.is_registered),
        is_pending=any(
            wish.outcome is None and wish.reject_id is None and _is_of(wish, group.gateway_key, group.reason)
            for wish in wishes
        ),
    )


def can_be_tried(reason: Reason, gateway: str | None, *, is_registered: bool) -> bool:
    """Tell whether what was rejected for a reason may be stored now, as far as is known without reading it."""
    return gateway is not None and reason in CHANGEABLE and (is_registered or reason is not Reason.UNKNOWN_GATEWAY)


def is_pending(wishes: Sequence[Wish], reject_id: int, gateway: str | None, reason: Reason) -> bool:
    """Tell whether a message is going to be tried again, alone or with its group."""
    return any(
        wish.outcome is None and wish.reject_id in (None, reject_id) and _is_of(wish, gateway, reason)
        for wish in wishes
    )


def wish_view(wish: Wish, words: Words) -> WishView:
    """Return an attempt in words."""
    return WishView(
        wish.gateway_key,
        words.say(WORDINGS[wish.reason].name),
        wish.done_at or wish.requested_at,
        sentence(wish, words),
    )


def gone_view(gone: Gone, words: Words) -> str:
    """Return what is only counted in words."""
    gettext = words.translations.gettext
    return gettext("%(count)s messages of %(sender)s: %(reason)s") % {
        "count": words.number(gone.times, 0),
        "sender": gone.source or gettext("gateways that are not registered"),
        "reason": words.say(WORDINGS[gone.reason].name),
    }


def sentence(wish: Wish, words: Words) -> str:
    """Return what came of an attempt."""
    if wish.outcome is None:
        return words.say(PENDING)
    if "failed" in wish.outcome:
        return words.say(FAILED)
    gettext = words.translations.gettext
    return gettext("%(stored)s readings stored, %(already)s were there already, %(refused)s still refused.") % {
        "stored": words.number(wish.outcome["stored"], 0),
        "already": words.number(wish.outcome["already"], 0),
        "refused": words.number(sum(wish.outcome["refused"].values()), 0),
    }


def _is_of(wish: Wish, gateway: str | None, reason: Reason) -> bool:
    return wish.gateway_key == gateway and wish.reason is reason
