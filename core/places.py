"""The vocabulary of where: what a room is used for, and what a sensor is fixed to.

Both are stored as these words and are never renamed; what a person reads is worded elsewhere.
"""

from enum import StrEnum


class RoomKind(StrEnum):
    """What a room is used for."""

    BEDROOM = "bedroom"
    BATHROOM = "bathroom"
    KITCHEN = "kitchen"
    LIVING = "living"
    HALL = "hall"
    ENTRANCE = "entrance"
    OUTSIDE = "outside"
    OTHER = "other"


class Place(StrEnum):
    """What a sensor is fixed to or watches, where that tells more than its room does."""

    ENTRANCE_DOOR = "entrance_door"  # people come in and go out here
    INNER_DOOR = "inner_door"
    WINDOW = "window"
    FRIDGE = "fridge"
    CUPBOARD = "cupboard"
    MEDICINE = "medicine"  # the box or drawer of the medicines
    TOILET = "toilet"
    SHOWER = "shower"
    WASHBASIN = "washbasin"
    BED = "bed"
    CHAIR = "chair"
    STOVE = "stove"
    OVEN = "oven"
    KETTLE = "kettle"
    COFFEE_MACHINE = "coffee_machine"
    MICROWAVE = "microwave"
    WASHING_MACHINE = "washing_machine"
    TV = "tv"
    LAMP = "lamp"
    CEILING = "ceiling"
    WALL = "wall"
    FLOOR = "floor"
    BODY = "body"  # worn or carried by the person
    MAINS = "mains"  # the supply of the whole home
