"""Meals and hot drinks."""

from datetime import time

from analytics.episodes import kitchen
from analytics.frames import Flags, Span, micros
from analytics.indicators.protocol import MIDNIGHT, Direction, OfDay
from analytics.observed import HOT_DRINKS, SWITCHED, Observed
from analytics.sensors import Sensors, movement_in
from core.localtime import local_instant
from core.places import RoomKind

SOURCE = "JMIR Aging e41187; gerontechnology 4940; 2023 review of monitoring by energy use"
# Breakfast, lunch, dinner: from when to when one is counted, by the local clock.
MEALTIMES = ((time(5), time(11)), (time(11), time(16)), (time(17), time(23)))


def meals(observed: Observed, window: Span) -> float:
    """Return at how many of the three mealtimes of the local day a meal was prepared; unit: meals, 0 to 3.

    `window` is the day; the mealtimes are those of its clock.
    """
    times = [
        Span(*(micros(local_instant(observed.day, at, observed.zone)) for at in mealtime)) for mealtime in MEALTIMES
    ]
    return float(sum(observed.begun(kitchen.MEAL, at) > 0 for at in times if at.end <= window.end))


def hot_drinks(observed: Observed, window: Span) -> float:
    """Return how many hot drinks were made on the local day; unit: drinks."""
    return float(observed.begun(kitchen.HOT_DRINK, window))


def food_uses(observed: Observed, window: Span) -> float | None:
    """Return how often something that holds or prepares food was used on the local day; unit: uses.

    None where there was no use and a meal all the same, by movement: what holds the food may be stuck.
    """
    uses = observed.begun(kitchen.FOOD_USE, window)
    return float(uses) if uses or not observed.begun(kitchen.MEAL, window) else None


def _food(sensors: Sensors) -> Flags:
    return sensors.at_places(*kitchen.FOOD)


def _appliances(sensors: Sensors) -> Flags:
    return sensors.at_places(*HOT_DRINKS) & sensors.measuring(*SWITCHED)


INDICATORS = (
    OfDay(
        kind="meals",
        unit="1",
        begins=MIDNIGHT,
        ends=MIDNIGHT,
        value=meals,
        direction=Direction.LESS,
        formula="At how many of the three mealtimes (5:00-11:00, 11:00-16:00, 17:00-23:00) a meal was prepared. Of "
        "fridge, cupboards, stove, oven and microwave: where several are watched, two were used; where one is, it was "
        "used in 3 minutes or more; where none is, or the one was not touched for 16 hours before and after, 10 "
        "minutes and more of movement in the kitchen.",
        source=SOURCE,
        rests_on="movement, fridge, cupboards and appliances in the kitchen",
        watched=movement_in(RoomKind.KITCHEN),
        evidence=kitchen.MEAL,
        spread_floor=0.5,
        least_excess=1.0,
    ),
    OfDay(
        kind="hot_drinks",
        unit="1",
        begins=MIDNIGHT,
        ends=MIDNIGHT,
        value=hot_drinks,
        direction=Direction.BOTH,
        formula="How often a kettle or coffee machine was switched on (20 W and more); within 5 minutes is once.",
        source=SOURCE,
        rests_on="the plug or sensor of a kettle or coffee machine",
        watched=_appliances,
        evidence=kitchen.HOT_DRINK,
        spread_floor=1.0,
        least_excess=3.0,
    ),
    OfDay(
        kind="food_uses",
        unit="1",
        begins=MIDNIGHT,
        ends=MIDNIGHT,
        value=food_uses,
        direction=Direction.LESS,
        formula="How often a fridge, cupboard, stove, oven or microwave was opened or switched on; within a minute is "
        "once. No verdict where there was none, and a meal by movement.",
        source=SOURCE,
        rests_on="fridge, cupboards and appliances in the kitchen",
        watched=_food,
        evidence=kitchen.FOOD_USE,
        spread_floor=1.0,
        least_excess=3.0,
    ),
)
