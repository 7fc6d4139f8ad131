"""Who is close to a person, and what stands of the person's data, as those see it who decide about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from registry.agreement import Capacity, Data, Purpose
from registry.hours import Hours


class Close(NamedTuple):
    """A person the viewer is close to.

    `unwatched_since` says since when nothing is looked at, `reason` why (`pause` or `no_basis`), `until` to when that
    is planned (None: open); `organisation` looks after the person, and is reached by its telephone ("": not known).
    """

    person_id: int
    public_id: str
    home_id: int
    name: str
    timezone: str
    capacity: Capacity
    unwatched_since: datetime | None
    reason: str | None
    until: datetime | None
    organisation: str
    organisation_phone: str

    @property
    def zone(self) -> ZoneInfo:
        """The home's time zone."""
        return ZoneInfo(self.timezone)


class Basis(NamedTuple):
    """A legal basis of a purpose that was recorded; `withdrawn_by` is a name."""

    public_id: str
    purpose: Purpose
    basis: str
    valid_from: datetime
    valid_until: datetime | None
    note: str
    withdrawn_at: datetime | None
    withdrawn_by: str

    def holds(self, now: datetime) -> bool:
        """Tell whether it holds at an instant."""
        ends = [at for at in (self.valid_until, self.withdrawn_at) if at is not None]
        return self.valid_from <= now and all(now < at for at in ends)


class Recipient(NamedTuple):
    """A contact, what is shared with it and in which hours, and by what account it looks ("": none, or not yet)."""

    key: str
    name: str
    relation: str
    shares: Mapping[Data, Hours]
    account: str


class CloseAccount(NamedTuple):
    """An account that is close to a person."""

    name: str
    capacity: Capacity
    contact: str


class Unwatched(NamedTuple):
    """A time in which nothing of a home is looked at (`pause`), or may be (`no_basis`); `ended_at` may lie ahead."""

    reason: str
    started_at: datetime
    ended_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Tell whether it goes on at an instant."""
        return self.started_at <= now and (self.ended_at is None or now < self.ended_at)


class OpenInvitation(NamedTuple):
    """An invitation that can still be used."""

    public_id: str
    capacity: Capacity
    contact: str
    expires_at: datetime
    made_by: str


class Decided(NamedTuple):
    """What stands of the data of a person, as whoever decides about it sees it.

    `capacity` is what the viewer is to the person; None for whoever works for the person.
    """

    person_id: int
    public_id: str
    home_id: int
    name: str
    timezone: str
    language: str
    organisation: str
    organisation_phone: str
    capacity: Capacity | None
    bases: tuple[Basis, ...]
    recipients: tuple[Recipient, ...]
    accounts: tuple[CloseAccount, ...]
    unwatched: tuple[Unwatched, ...]
    invitations: tuple[OpenInvitation, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The home's time zone."""
        return ZoneInfo(self.timezone)

    def basis(self, purpose: Purpose, now: datetime) -> Basis | None:
        """Return on what a purpose rests at an instant; None where it rests on nothing that was recorded."""
        return next((one for one in self.bases if one.purpose is purpose and one.holds(now)), None)

    def resting(self, now: datetime) -> Unwatched | None:
        """Return for what nothing is looked at, at an instant; None where it is."""
        return next((one for one in self.unwatched if one.holds(now)), None)
