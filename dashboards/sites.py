"""A home and what stands in it, for whoever is in charge of its devices."""

from typing import NamedTuple
from uuid import UUID

from fastapi import HTTPException

import devices.reads
import registry.reads
from core.database import View
from ingest.rejects.reads import is_in_charge
from registry.reads import Home


class Site(NamedTuple):
    """A home with its rooms and devices, those that were taken away included."""

    home: Home
    rooms: list[registry.reads.Room]
    installed: list[devices.reads.Device]

    @property
    def present(self) -> list[devices.reads.Device]:
        """The devices that have not been taken away."""
        return [device for device in self.installed if device.retired_at is None]


def require_homes(view: View) -> list[Home]:
    """Return the homes of whose devices the viewer is in charge, by name; answers 404 to who is in charge of none."""
    if not is_in_charge(view):
        raise HTTPException(404)
    homes = registry.reads.seen_homes(view)
    mine = {key for key in {home.organisation_id for home in homes} if devices.reads.may_install(view, key)}
    return [home for home in homes if home.organisation_id in mine]


def require_site(view: View, public_id: UUID) -> Site:
    """Return a home; answers 404 where there is none of whose devices the viewer is in charge."""
    home = registry.reads.seen_home(view, str(public_id))
    if home is None or not devices.reads.may_install(view, home.organisation_id):
        raise HTTPException(404)
    return Site(home, registry.reads.seen_rooms(view, home.home_id), devices.reads.seen_devices(view, home.home_id))
