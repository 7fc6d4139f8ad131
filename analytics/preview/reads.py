"""What others may read of rules: what holds where, what was set by whom, what a setting would have told."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from analytics.preview.repository import SQL, Told
from analytics.rules.protocol import Mode
from analytics.rules.repository import Scope
from analytics.rules.standing import Setting, Standing, standings
from core.database import Row, View

__all__ = [
    "Change",
    "Holding",
    "Preview",
    "PreviewedHome",
    "Scope",
    "Told",
    "history",
    "preview",
    "previewed_homes",
    "rules_at",
    "told_since",
]


class Holding(NamedTuple):
    """What rules are set to at a place, and what they would be if nothing were set right there."""

    here: dict[str, Standing]
    above: dict[str, Standing]
    set_here: frozenset[str]


class Change(NamedTuple):
    """One setting of a rule: when, by whom ("" for the command), to what, why ("" where nobody said)."""

    at: datetime
    account_name: str
    setting: Setting
    reason: str


class Preview(NamedTuple):
    """What is tried out, and how far it has come."""

    preview_id: int
    public_id: UUID
    scope: Scope
    wished: Setting
    days: int
    asked_at: datetime
    homes: int
    homes_done: int
    homes_failed: int

    @property
    def is_done(self) -> bool:
        """Whether it is known of every home."""
        return self.homes_done >= self.homes


class PreviewedHome(NamedTuple):
    """What would have been told in a home, as it is set and as it is wished."""

    home_id: int
    as_set: tuple[Told, ...]
    as_wished: tuple[Told, ...]


def rules_at(view: View, scope: Scope) -> Holding:
    """Return what rules and detectors are set to for an organisation or a home; the defaults where that is not seen."""
    rows = view.connection.execute(SQL["rules_at"], scope._asdict()).fetchall()
    settings = [Setting(row["rule"], row["mode"] and Mode(row["mode"]), row["fields"]) for row in rows]
    above = [setting for setting, row in zip(settings, rows, strict=True) if not row["is_own"]]
    return Holding(standings(settings), standings(above), frozenset(row["rule"] for row in rows if row["is_own"]))


def history(view: View, scope: Scope, rule: str) -> list[Change]:
    """Return what was set of a rule at one place, the latest first."""
    rows = view.connection.execute(SQL["rule_history"], scope._asdict() | {"rule": rule})
    return [
        Change(
            row["set_at"],
            row["set_by_name"],
            Setting(rule, row["mode"] and Mode(row["mode"]), row["fields"]),
            row["reason"],
        )
        for row in rows
    ]


def told_since(
    view: View, kinds: Collection[str], since: datetime, until: datetime, homes: Sequence[int] | None
) -> list[Row]:
    """Return what was told of some kinds in `[since, until)` in some homes, or in all that the viewer may see.

    Columns: home_id, kind, started_at, trial; ordered by time.
    """
    given = {"kinds": list(kinds), "since": since, "until": until, "homes": None if homes is None else list(homes)}
    return view.connection.execute(SQL["told_by_day"], given).fetchall()


def preview(view: View, public_id: UUID) -> Preview | None:
    """Return what is tried out, if the viewer may see it."""
    row = view.connection.execute(SQL["seen_preview"], {"public_id": public_id}).fetchone()
    if row is None:
        return None
    return Preview(
        row["preview_id"],
        row["public_id"],
        Scope(row["organisation_id"], row["home_id"]),
        Setting(row["rule"], Mode(row["mode"]), row["fields"]),
        row["days"],
        row["asked_at"],
        row["homes"],
        row["homes_done"],
        row["homes_failed"],
    )


def previewed_homes(view: View, found: Preview) -> list[PreviewedHome]:
    """Return what would have been told in each home that is done and that the viewer may see."""
    rows = view.connection.execute(SQL["seen_previewed_homes"], {"preview_id": found.preview_id})
    return [
        PreviewedHome(
            row["home_id"],
            tuple(Told(*each) for each in row["told_as_set"]),
            tuple(Told(*each) for each in row["told_as_wished"]),
        )
        for row in rows
    ]
