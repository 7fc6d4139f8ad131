"""What is in a person's own copy: one file for each part, under the view `dashboards.held_NAME`."""

from typing import NamedTuple

from core.translation import mark


class Part(NamedTuple):
    """A part: its name, what a row is in plain words, and whether it is read a stretch of time at a time."""

    name: str
    meaning: str
    by_time: bool = False


class Group(NamedTuple):
    """Parts that belong together, under a heading."""

    heading: str
    parts: tuple[Part, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        mark("Who you are, and your home"),
        (
            Part("person", mark("your name, year of birth, telephone")),
            Part("home", mark("your home: address, how one gets in")),
            Part("rooms", mark("the rooms")),
            Part("edits", mark("what was changed of these, by whom, before and after")),
            Part("studies", mark("studies that you take part in")),
        ),
    ),
    Group(
        mark("Who may see what, and what you agreed to"),
        (
            Part("contacts", mark("people to call; how they are reached is theirs and is not in here")),
            Part("consents", mark("what your data are used for, on what that rests, since when, until when")),
            Part("shares", mark("what each of them may see, and at what hours")),
            Part("accounts", mark("who can sign in to see your data as family, for you, or as you")),
            Part("invitations", mark("who was invited to do so")),
            Part("pauses", mark("when it was stopped for a time")),
            Part("looks", mark("who has looked at your data, when, and at which page")),
        ),
    ),
    Group(
        mark("Your own account"),
        (
            Part("account", mark("your login")),
            Part("account_events", mark("what happened to your sign-in")),
            Part("sign_ins", mark("where you are signed in")),
            Part("passkeys", mark("your passkeys, by name")),
            Part("identities", mark("the providers through which you can sign in")),
            Part("addresses", mark("where you get messages")),
        ),
    ),
    Group(
        mark("The sensors in your home"),
        (
            Part("devices", mark("each sensor")),
            Part("device_places", mark("where each sensor was, and since when")),
            Part("device_changes", mark("what was done with each sensor, and by whom")),
            Part("walk_tests", mark("walks through your home to try the sensors")),
            Part("gateways", mark("the box that collects what sensors say")),
            Part("gateway_now", mark("how the box is now")),
            Part("gateway_past", mark("when the box was off, without power or started anew")),
            Part("devices_found", mark("what the box has heard of, also what is not used")),
        ),
    ),
    Group(
        mark("What the sensors said"),
        (
            Part("series", mark("what each number in the next files measures: its sensor and its quantity")),
            Part("readings", mark("each single reading"), by_time=True),
            Part("figures_hourly", mark("readings summed up by the hour"), by_time=True),
            Part("figures_daily", mark("readings summed up by the day"), by_time=True),
            Part("calls", mark("calls for help, smoke, gas, water, falls")),
            Part("rejects", mark("what came from your home and could not be read, as it came")),
        ),
    ),
    Group(
        mark("What is worked out from it"),
        (
            Part("days", mark("how each day stands: as usual or not, or not known")),
            Part("episodes", mark("stretches of sleep, outings, meals, visits to the bathroom and the like")),
            Part("indicators", mark("figures of each day or night, such as hours of sleep")),
            Part("indicators_by_hour", mark("the same by the hour")),
            Part("usual", mark("what is usual for you, to compare with")),
            Part("changes", mark("in what a day is unlike the days before")),
            Part("findings", mark("what was found to be out of the ordinary, in a sentence")),
            Part("outcomes", mark("whether people found that to be so")),
            Part("not_told", mark("what was not told because you were away, or had a visit")),
            Part("contexts", mark("what was going on: hospital, holidays, visits")),
            Part("context_changes", mark("who entered that, and when")),
            Part("visits", mark("who is expected at your home, and when")),
            Part("rules", mark("what the alerts for your home are set to")),
            Part("silences", mark("when a sensor or the box was silent, and why")),
            Part("quiet_times", mark("times without a sign of anybody")),
            Part("quiet_times_expected", mark("how long such times may be before somebody is told")),
            Part("rhythm", mark("when the home spoke on each day")),
            Part("device_rhythm", mark("the same of each sensor")),
            Part("profiles", mark("in which rooms somebody was on each day")),
            Part("traces", mark("signs of how many people are in the home")),
            Part("warmth", mark("how warm each room was, by the hour")),
            Part("digests", mark("the days before in short, for the day that goes on")),
        ),
    ),
    Group(
        mark("Alerts and help"),
        (
            Part("alerts", mark("each alert, and how it ended")),
            Part("alert_changes", mark("what was done about each alert, by whom, with notes")),
            Part("messages", mark("who was told of an alert, by which way, and what they answered")),
            Part("news", mark("what else your family was told")),
            Part("tasks", mark("what volunteers were asked to do")),
            Part("test_calls", mark("calls to try the button")),
        ),
    ),
)
PARTS: tuple[Part, ...] = tuple(part for group in GROUPS for part in group.parts)
