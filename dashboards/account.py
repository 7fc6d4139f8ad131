"""What somebody sees of the own account: sign-ins that last, and what happened to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from core.translation import mark
from dashboards.repository import OwnSession
from dashboards.watch import ROME
from dashboards.wording import Words
from registry.passkeys import Passkey
from registry.second_factor import Event

KINDS: Mapping[str, str] = {
    "second_factor_set": mark("One-time codes were set up"),
    "second_factor_removed": mark("One-time codes were switched off"),
    "recovery_codes_made": mark("New recovery codes were made"),
    "recovery_code_used": mark("Somebody signed in with a recovery code"),
    "recovery_issued": mark("A recovery code was handed out; all sign-ins were ended"),
    "issued_recovery_used": mark("The recovery code that was handed out was used"),
    "wrong_codes": mark("Before a right code there were five wrong ones or more: somebody else may know the password"),
    "passkey_added": mark("A passkey was added"),
    "passkey_removed": mark("A passkey was removed"),
    "identity_linked": mark("The account was connected to an identity provider"),
    "identity_removed": mark("The account was disconnected from an identity provider"),
    "by_provider_only": mark("The password was switched off: signing in works through an identity provider alone"),
    "by_password_again": mark("Signing in by the password was allowed again"),
    "session_ended": mark("A sign-in was ended"),
    "sessions_ended": mark("All other sign-ins were ended"),
}


class SessionView(NamedTuple):
    """A sign-in in words."""

    public_id: UUID
    device: str
    begun: str
    used: str
    is_this: bool


class PasskeyView(NamedTuple):
    """A passkey in words; `used` is "" where it was not yet."""

    public_id: UUID
    label: str
    added: str
    used: str


class EventView(NamedTuple):
    """What happened, when, and by whom; "" where it was the owner."""

    what: str
    when: str
    by: str


def session_views(sessions: Sequence[OwnSession], now: datetime, words: Words) -> list[SessionView]:
    """Return sign-ins in words."""
    return [
        SessionView(
            one.public_id,
            one.device or words.translations.gettext("A device"),
            words.moment(one.started_at, ROME, now),
            words.ago(one.seen_at, now),
            one.is_this,
        )
        for one in sessions
    ]


def passkey_views(found: Sequence[Passkey], now: datetime, words: Words) -> list[PasskeyView]:
    """Return passkeys in words."""
    return [
        PasskeyView(
            one.public_id,
            one.label,
            words.moment(one.added_at, ROME, now),
            "" if one.used_at is None else words.ago(one.used_at, now),
        )
        for one in found
    ]


def event_views(events: Sequence[Event], now: datetime, words: Words) -> list[EventView]:
    """Return what happened in words."""
    return [
        EventView(words.say(KINDS[one.kind]), words.moment(one.at, ROME, now), "" if one.by_self else one.by_name)
        for one in events
    ]
