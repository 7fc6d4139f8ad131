"""What several dashboards call the same: families, states, outcomes, rooms, and what can be chosen above them."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from alerts.wording import FAMILY_TITLES, TITLES
from core.translation import mark
from dashboards.grafana.panels import BLUE, GREEN, GREY, ORANGE, RED, YELLOW, Variable
from dashboards.wording import ROOM_KINDS

FAMILY_COLOURS = {"safety": RED, "wellbeing": ORANGE, "technical": BLUE}
_STATES = {
    "green": (mark("as usual"), GREEN),
    "yellow": (mark("unusual"), YELLOW),
    "red": (mark("very unusual"), RED),
    "unknown": (mark("not known"), GREY),
}
_OUTCOMES = {
    "true": mark("attention was needed"),
    "false": mark("mistaken"),
    "explained": mark("explained"),
    "unclear": mark("unclear"),
    "over": mark("closed by itself"),
}
_SILENCES = {
    "sensor_dead": mark("device without sign of life"),
    "sensor_stuck": mark("device that no longer changes"),
    "battery_low": mark("battery nearly empty"),
    "gateway_offline": mark("gateway not heard"),
    "power_cut": mark("power cut"),
    "line_cut": mark("line cut"),
}
_SUBJECTS = {"gateway": mark("gateway"), "device": mark("device"), "systems": mark("system of devices")}
_ALERT_STATES = {
    "new": (mark("nobody has taken charge"), RED),
    "in_charge": (mark("in charge"), YELLOW),
    "resolved": (mark("closed"), GREEN),
}
Gettext = Callable[[str], str]


class Words(NamedTuple):
    """The words of dashboards in a language."""

    say: Gettext

    @property
    def everything(self) -> str:
        """The word for all values of a variable."""
        return self.say(mark("All"))

    def families(self) -> Mapping[str, str]:
        """Return what the families of alerts are called."""
        return {str(family): self.say(title) for family, title in FAMILY_TITLES.items()}

    def rooms(self) -> Mapping[str, str]:
        """Return what kinds of rooms are called."""
        return {kind: self.say(name) for kind, name in ROOM_KINDS.items()}

    def states(self) -> Mapping[str, tuple[str, str]]:
        """Return what the states of a day are called, and their colours."""
        return {state: (self.say(name), colour) for state, (name, colour) in _STATES.items()}

    def outcomes(self) -> Mapping[str, str]:
        """Return what outcomes of alerts are called."""
        return {outcome: self.say(name) for outcome, name in _OUTCOMES.items()}

    def silences(self) -> Mapping[str, str]:
        """Return what classes of silences are called."""
        return {each: self.say(name) for each, name in _SILENCES.items()}

    def values_of_alerts(self) -> Mapping[str, tuple[str, str]]:
        """Return what families, kinds, states and outcomes are called in a table of alerts."""
        found = {family: (name, FAMILY_COLOURS[family]) for family, name in self.families().items()}
        found |= {kind: (self.say(title), GREY) for kind, title in TITLES.items()}
        found |= {outcome: (name, GREY) for outcome, name in self.outcomes().items()}
        return found | {state: (self.say(name), colour) for state, (name, colour) in _ALERT_STATES.items()}

    def values_of_silences(self) -> Mapping[str, tuple[str, str]]:
        """Return what subjects and classes are called in a table of silences."""
        found = {each: (name, ORANGE) for each, name in self.silences().items()}
        return found | {subject: (self.say(name), GREY) for subject, name in _SUBJECTS.items()}

    def organisation(self) -> Variable:
        """Return the choice of organisations."""
        return Variable("organisation", self.say(mark("Organisation")), "variable_organisation", several=True)

    def home(self) -> Variable:
        """Return the choice of one home."""
        return Variable("home", self.say(mark("Home")), "variable_home")

    def family(self) -> Variable:
        """Return the choice of families of alerts."""
        return Variable("family", self.say(mark("Family of alerts")), values=self.families(), several=True)
