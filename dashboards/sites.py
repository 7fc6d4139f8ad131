"""A home and what stands in it, for whoever is in charge of its devices."""

from typing import NamedTuple
from uuid import UUID

from fastapi import HTTPException

import devices.reads
import registry.reads
from core.database import View
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


def require_site(view: View, public_id: UUID) -> Site:
    """Return a home; answers 404 where there is none of whose devices the viewer is in charge."""
    home = registry.reads.seen_home(view, str(public_id))
    if home is None or not devices.reads.may_install(view, home.organisation_id):
        raise HTTPException(404)
    return Site(home, registry.reads.seen_rooms(view, home.home_id), devices.reads.seen_devices(view, home.home_id))
