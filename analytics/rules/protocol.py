"""What a rule is, and what it may ask of the days before."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

import msgspec

from analytics.explanation import Sentence
from analytics.frames import Episode, Span, instant
from analytics.profiles.profile import Hours
from analytics.rules.scene import Scene
from analytics.rules.timetable import ExpectedVisit
from core.localtime import Interval

RoomHours = Mapping[int, Hours]
"""Of each room (by id) the mean temperature (Cel) of the 24 hours of the local clock, NaN where it is not known."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What can be set of a rule; each field has a default with its source."""


class Past(NamedTuple):
    """The days before, each asked for only when a rule needs it: from the database, or from memory.

    `temperatures` returns the temperatures of rooms on the days from one to another, both included; `episodes` those of
    some kinds that touch a span; `values` the values of an indicator from one day to another by day, NaN without
    verdict. `visits` are those that are expected.
    """

    temperatures: Callable[[date, date], Mapping[date, RoomHours]]
    episodes: Callable[[Sequence[str], Span], Sequence[Episode]]
    values: Callable[[str, date, date], Mapping[date, float]]
    visits: Sequence[ExpectedVisit] = ()


class Met(NamedTuple):
    """A rule that is met: from when to when what it speaks of lasted (or lasts, seen until then), and since when.

    `about` names the kind of finding and never changes its beginning while the same thing goes on. `since` is the
    instant at which the condition was fulfilled, in microseconds: what was known later does not count. `subject` tells
    findings apart that begin at the same instant.
    """

    kind: str
    about: Span
    since: int
    severity: float
    coverage: float
    said: Sentence
    evidence: dict[str, Any]
    subject: str = ""
    version: str = "1"

    @property
    def interval(self) -> Interval:
        """From when to when it lasted."""
        return Interval(instant(self.about.start), instant(self.about.end))


class Mode(StrEnum):
    """Whether findings of a rule or detector alert, are only shown as on trial, or are not looked for at all."""

    ACTIVE = "active"
    SHADOW = "shadow"
    OFF = "off"


class Rule(Protocol):
    """Says what in a scene is out of the ordinary by its settings."""

    @property
    def name(self) -> str:
        """Its name for those who set it."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of findings it raises; no other rule or detector raises them."""

    @property
    def settings(self) -> type[Settings]:
        """What can be set."""

    @property
    def mode(self) -> Mode:
        """What it is where nobody has set anything; on trial until what it finds is known to hold on recorded homes."""

    @property
    def lasting(self) -> bool:
        """Whether what it finds may go on for days."""

    @property
    def awaits(self) -> bool:
        """Whether it judges by nothing happening: it says nothing of a home whose gateway is not heard."""

    def span(self, scene: Scene) -> Span:
        """Return in which time that begins what `judge` finds.

        Findings of its kinds that begin there and are not found any more are withdrawn.
        """

    def judge(self, scene: Scene, past: Past, settings: Any) -> list[Met]:
        """Return what is out of the ordinary, by what is seen in `scene` and known of the days before."""
