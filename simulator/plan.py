"""Floor plans: the rooms of a home, which opens into which, and the sensors placed in them."""

from collections import deque
from enum import StrEnum
from typing import Literal, NamedTuple

from core.places import Place
from simulator import chance, models
from simulator.models import Model

RoomKind = Literal["bedroom", "bathroom", "kitchen", "living", "hall", "entrance", "outside", "other"]
OUTSIDE = "outside"


class Role(StrEnum):
    """What a sensor watches."""

    MOTION = "motion"
    DOOR = "door"
    FRIDGE = "fridge"
    KETTLE = "kettle"
    BED = "bed"
    SOS = "sos"
    CLIMATE = "climate"
    SMOKE = "smoke"
    LEAK = "leak"


class Room(NamedTuple):
    """A room; `length_m` is how far one walks to cross it."""

    key: str
    kind: RoomKind
    name: str
    length_m: float


class Placement(NamedTuple):
    """A sensor of some model in a room."""

    role: Role
    room: str
    model: Model


class FloorPlan(NamedTuple):
    """A home before anybody lives in it. Every plan has a bedroom, bathroom, kitchen, living room and entrance.

    With `ble` it also has a scale and other Bluetooth devices, with `lorawan` most sensors speak LoRaWAN, not Zigbee.
    """

    key: str
    rooms: tuple[Room, ...]
    openings: tuple[tuple[str, str], ...]
    placements: tuple[Placement, ...]
    ble: bool = False
    lorawan: bool = False


class Sensor(NamedTuple):
    """An installed sensor with its Zigbee identity. `place` says what it is fixed to, "" for the room itself."""

    ieee_address: str
    friendly_name: str
    name: str
    role: Role
    model: Model
    room: str
    place: str

    @property
    def key(self) -> str:
        """The device's key in the registry and in series names."""
        return self.ieee_address


Routes = dict[tuple[str, str], tuple[str, ...]]

_ITALIAN: dict[Role, str] = {
    Role.MOTION: "Movimento", Role.DOOR: "Porta", Role.FRIDGE: "Frigorifero", Role.KETTLE: "Bollitore",
    Role.BED: "Letto", Role.SOS: "Pulsante SOS", Role.CLIMATE: "Temperatura", Role.SMOKE: "Fumo",
    Role.LEAK: "Acqua",
}  # fmt: skip
_PLACES: dict[Role, Place] = {
    Role.DOOR: Place.ENTRANCE_DOOR, Role.FRIDGE: Place.FRIDGE, Role.KETTLE: Place.KETTLE, Role.BED: Place.BED,
    Role.SOS: Place.BODY,
}  # fmt: skip

BEDROOM = Room("bedroom", "bedroom", "Camera", 4.0)
BATHROOM = Room("bathroom", "bathroom", "Bagno", 2.5)
KITCHEN = Room("kitchen", "kitchen", "Cucina", 4.0)
LIVING = Room("living", "living", "Soggiorno", 5.0)
ENTRANCE = Room("entrance", "entrance", "Ingresso", 3.0)
HALL = Room("hall", "hall", "Corridoio", 5.0)
STUDY = Room("study", "other", "Studio", 3.5)
OUTDOORS = Room(OUTSIDE, "outside", "Esterno", 10.0)


def placements(motion: dict[str, Model], *, bed: bool, kitchen: bool = True) -> tuple[Placement, ...]:
    """Return the sensors of a home: motion in some rooms, what every home has, and in `bed` and `kitchen` if there."""
    appliances = (Placement(Role.FRIDGE, "kitchen", models.CONTACT), Placement(Role.KETTLE, "kitchen", models.PLUG))
    fixed = (
        Placement(Role.DOOR, "entrance", models.CONTACT),
        *(appliances if kitchen else ()),
        Placement(Role.SOS, "living", models.SOS_BUTTON),
        Placement(Role.CLIMATE, "bedroom", models.CLIMATE),
        Placement(Role.CLIMATE, "living", models.CLIMATE),
        Placement(Role.SMOKE, "kitchen", models.SMOKE_ALARM),
        Placement(Role.LEAK, "bathroom", models.LEAK_SENSOR),
    )
    strap = (Placement(Role.BED, "bedroom", models.BED_STRAP),) if bed else ()
    return tuple(Placement(Role.MOTION, room, model) for room, model in motion.items()) + fixed + strap


_FIVE_ROOMS = ("bedroom", "bathroom", "kitchen", "living", "entrance")

PLANS: tuple[FloorPlan, ...] = (
    FloorPlan(
        "flat",
        (BEDROOM, BATHROOM, KITCHEN, LIVING, ENTRANCE, HALL, OUTDOORS),
        (
            ("hall", "bedroom"), ("hall", "bathroom"), ("hall", "entrance"), ("entrance", "living"),
            ("entrance", "kitchen"), ("kitchen", "living"), ("entrance", OUTSIDE),
        ),
        placements(dict.fromkeys((*_FIVE_ROOMS, "hall"), models.MOTION), bed=False),
    ),
    FloorPlan(
        "two rooms",
        (BEDROOM, BATHROOM, KITCHEN, LIVING, ENTRANCE, OUTDOORS),
        (
            ("entrance", "living"), ("living", "kitchen"), ("living", "bedroom"), ("entrance", "bathroom"),
            ("bedroom", "entrance"), ("entrance", OUTSIDE),
        ),
        placements({**dict.fromkeys(_FIVE_ROOMS, models.MOTION), "bedroom": models.MOTION_AND_LIGHT}, bed=True),
    ),
    FloorPlan(
        "house",
        (BEDROOM, BATHROOM, KITCHEN, LIVING, ENTRANCE, HALL, STUDY, OUTDOORS),
        (
            ("entrance", "living"), ("entrance", "kitchen"), ("entrance", "hall"), ("hall", "bedroom"),
            ("hall", "bathroom"), ("hall", "study"), ("living", "kitchen"), ("entrance", OUTSIDE),
        ),
        placements(dict.fromkeys((*_FIVE_ROOMS, "hall", "study"), models.MOTION), bed=False),
    ),
    FloorPlan(
        "flat with bed sensor",
        (BEDROOM, BATHROOM, KITCHEN, LIVING, ENTRANCE, HALL, OUTDOORS),
        (
            ("entrance", "hall"), ("hall", "bedroom"), ("hall", "bathroom"), ("hall", "kitchen"), ("hall", "living"),
            ("entrance", OUTSIDE),
        ),
        placements({**dict.fromkeys(_FIVE_ROOMS, models.MOTION), "hall": models.MOTION}, bed=True),
    ),
)  # fmt: skip


def sensors_of(plan: FloorPlan, seed: int, home: str) -> tuple[Sensor, ...]:
    """Return the sensors installed in a home of this plan; addresses differ from home to home and seed to seed."""
    rooms = {room.key: room for room in plan.rooms}
    return tuple(
        Sensor(
            ieee_address=_address(placement, seed, home),
            friendly_name=f"{rooms[placement.room].name}_{_ITALIAN[placement.role]}".lower().replace(" ", "_"),
            name=f"{_ITALIAN[placement.role]} {rooms[placement.room].name.lower()}",
            role=placement.role,
            model=placement.model,
            room=placement.room,
            place=_PLACES.get(placement.role, ""),
        )
        for placement in plan.placements
    )


def _address(placement: Placement, seed: int, home: str) -> str:
    prefix = placement.model.address_prefix
    tail = chance.number(seed, home, "address", placement.role, placement.room) % 16 ** (16 - len(prefix))
    return f"0x{prefix}{tail:0{16 - len(prefix)}x}"


def routes_of(plan: FloorPlan) -> Routes:
    """Return, for each ordered pair of rooms, the rooms that one crosses on the shortest way between them."""
    neighbours: dict[str, list[str]] = {room.key: [] for room in plan.rooms}
    for one, other in plan.openings:
        neighbours[one].append(other)
        neighbours[other].append(one)
    return {
        (start, goal): path[1:-1]
        for start in neighbours
        for goal, path in _shortest_paths(start, neighbours).items()
        if goal != start
    }


def _shortest_paths(start: str, neighbours: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    paths: dict[str, tuple[str, ...]] = {start: (start,)}
    queue = deque([start])
    while queue:
        room = queue.popleft()
        for neighbour in neighbours[room]:
            if neighbour not in paths:
                paths[neighbour] = (*paths[room], neighbour)
                queue.append(neighbour)
    return paths
