"""What can be agreed about a person's data: purposes and what they rest on, who is close, and which data are shared."""

from collections.abc import Mapping
from enum import StrEnum

from core.translation import mark


class Purpose(StrEnum):
    """What data are used for."""

    CARE = "care"
    FAMILY = "family"
    RESEARCH = "research"
    OPEN_DATA = "open_data"


class Basis(StrEnum):
    """On what a use rests: the points (a) to (e) of article 6 of the GDPR that can be meant here."""

    CONSENT = "consent"
    PUBLIC_TASK = "public_task"
    LEGAL_OBLIGATION = "legal_obligation"
    CONTRACT = "contract"
    VITAL_INTERESTS = "vital_interests"


PURPOSES: Mapping[Purpose, str] = {
    Purpose.CARE: mark("Care: that somebody looks after the person"),
    Purpose.FAMILY: mark("Family: that relatives see what is agreed"),
    Purpose.RESEARCH: mark("Research: that the pilot is evaluated, without names"),
    Purpose.OPEN_DATA: mark("Open data: that figures of many homes together are published"),
}
BASES: Mapping[Basis, str] = {
    Basis.CONSENT: mark("Consent of the person"),
    Basis.PUBLIC_TASK: mark("Public task of the municipality"),
    Basis.LEGAL_OBLIGATION: mark("Legal obligation"),
    Basis.CONTRACT: mark("Contract"),
    Basis.VITAL_INTERESTS: mark("Vital interests"),
}
# What only the person can allow.
ON_CONSENT_ALONE = frozenset({Purpose.FAMILY, Purpose.RESEARCH})


class Capacity(StrEnum):
    """What an account is to a person."""

    FAMILY = "family"
    DELEGATE = "delegate"
    SELF = "self"


class Data(StrEnum):
    """A kind of data that can be shared by itself."""

    DAY = "day"
    MOVEMENT = "movement"
    ROOM = "room"
    SLEEP = "sleep"
    OUTINGS = "outings"
    SAFETY = "safety"
    WELLBEING = "wellbeing"
    TECHNICAL = "technical"
    CHARGE = "charge"


NAMES: Mapping[Data, str] = {
    Data.DAY: mark("How the day goes"),
    Data.MOVEMENT: mark("When there was the last movement"),
    Data.ROOM: mark("In which room that was"),
    Data.SLEEP: mark("When the person got up and went to bed"),
    Data.OUTINGS: mark("How long the person was out"),
    Data.SAFETY: mark("Calls for help, smoke, gas, water"),
    Data.WELLBEING: mark("When something is out of the ordinary"),
    Data.TECHNICAL: mark("When something does not work"),
    Data.CHARGE: mark("Who is looking after it"),
}
# In words of one syllable, for the person.
PLAIN: Mapping[Data, str] = {
    Data.DAY: mark("How my day goes"),
    Data.MOVEMENT: mark("When I last moved"),
    Data.ROOM: mark("In which room I am"),
    Data.SLEEP: mark("When I get up and go to bed"),
    Data.OUTINGS: mark("When I go out"),
    Data.SAFETY: mark("When I call for help; smoke, gas, water"),
    Data.WELLBEING: mark("When my day is not like the others"),
    Data.TECHNICAL: mark("When something is broken"),
    Data.CHARGE: mark("Who looks after me"),
}
# What is of the wellbeing of somebody, and so neither looked at nor shown during a pause.
OF_WELLBEING = frozenset({Data.DAY, Data.MOVEMENT, Data.ROOM, Data.SLEEP, Data.OUTINGS, Data.WELLBEING})
