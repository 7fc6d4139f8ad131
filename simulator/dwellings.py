"""More dwellings than the default mix has: smaller and larger ones, on two floors, with fewer or other sensors."""

from simulator import models
from simulator.plan import (
    BATHROOM,
    BEDROOM,
    ENTRANCE,
    HALL,
    KITCHEN,
    LIVING,
    OUTDOORS,
    OUTSIDE,
    PLANS,
    STUDY,
    FloorPlan,
    Room,
    placements,
)

_STAIRS = Room("stairs", "hall", "Scale", 6.0)
_DINING = Room("dining", "other", "Sala da pranzo", 5.0)
_GUESTS = Room("guests", "other", "Camera ospiti", 4.0)
_SMALL_KITCHEN = KITCHEN._replace(length_m=2.5)
_SMALL_LIVING = LIVING._replace(length_m=3.5)
_SMALL_HALL = ENTRANCE._replace(length_m=1.5)
_LIVED_IN = ("bedroom", "bathroom", "kitchen", "living")

DWELLINGS: tuple[FloorPlan, ...] = (
    *PLANS,
    FloorPlan(
        "small flat, few sensors",
        (BEDROOM, BATHROOM, _SMALL_KITCHEN, _SMALL_LIVING, _SMALL_HALL, OUTDOORS),
        (
            ("entrance", "living"), ("living", "kitchen"), ("entrance", "bathroom"), ("entrance", "bedroom"),
            ("entrance", OUTSIDE),
        ),
        placements(dict.fromkeys(_LIVED_IN, models.MOTION), bed=False, kitchen=False),
    ),
    FloorPlan(
        "small flat with bed sensor",
        (BEDROOM, BATHROOM, _SMALL_KITCHEN, _SMALL_LIVING, _SMALL_HALL, OUTDOORS),
        (
            ("entrance", "living"), ("living", "kitchen"), ("living", "bedroom"), ("bedroom", "bathroom"),
            ("entrance", OUTSIDE),
        ),
        placements(dict.fromkeys((*_LIVED_IN, "entrance"), models.MOTION_AND_LIGHT), bed=True, kitchen=False),
    ),
    FloorPlan(
        "two floors",
        (BEDROOM, BATHROOM, KITCHEN, LIVING, ENTRANCE, _STAIRS, HALL, STUDY, OUTDOORS),
        (
            ("entrance", "living"), ("entrance", "kitchen"), ("entrance", "stairs"), ("stairs", "hall"),
            ("hall", "bedroom"), ("hall", "bathroom"), ("hall", "study"), ("entrance", OUTSIDE),
        ),
        placements(dict.fromkeys((*_LIVED_IN, "entrance", "stairs", "hall"), models.MOTION), bed=True),
    ),
    FloorPlan(
        "large house",
        (BEDROOM, BATHROOM, KITCHEN, LIVING, ENTRANCE, HALL, _DINING, _GUESTS, STUDY, OUTDOORS),
        (
            ("entrance", "living"), ("entrance", "hall"), ("living", "dining"), ("dining", "kitchen"),
            ("hall", "bedroom"), ("hall", "bathroom"), ("hall", "guests"), ("hall", "study"), ("hall", "kitchen"),
            ("entrance", OUTSIDE),
        ),
        placements(
            dict.fromkeys((*_LIVED_IN, "entrance", "hall", "dining", "guests", "study"), models.MOTION), bed=False
        ),
    ),
)  # fmt: skip
