"""What contacts are told, in few plain words and without a name.

Both languages stand here and not in the catalogue of texts: the edge agent is installed without the library that reads
it, and a text message has to stay short.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from gateway.rules.calls import Call

Language = Literal["it", "en"]

WHAT: Mapping[Language, Mapping[str, str]] = {
    "it": {
        "sos_button": "pulsante SOS premuto",
        "smoke": "rilevato fumo",
        "gas": "rilevato gas",
        "carbon_monoxide": "rilevato monossido di carbonio",
        "water_leak": "rilevata perdita d'acqua",
        "fall": "rilevata una caduta",
    },
    "en": {
        "sos_button": "SOS button pressed",
        "smoke": "smoke reported",
        "gas": "gas reported",
        "carbon_monoxide": "carbon monoxide reported",
        "water_leak": "water leak reported",
        "fall": "fall reported",
    },
}
_HELP: Mapping[Language, str] = {"it": "richiesta di aiuto", "en": "call for help"}
_WHEN: Mapping[Language, tuple[str, str, str]] = {
    "it": ("alle %H:%M", "il %d/%m alle %H:%M", "poco fa"),
    "en": ("at %H:%M", "on %d/%m at %H:%M", "a moment ago"),
}
_CALLED: Mapping[Language, str] = {
    "it": "Vicino, casa {home}: {what}{where} {when}. La centrale non risponde: chiama o vai a vedere.",
    "en": "Vicino, home {home}: {what}{where} {when}. The service does not answer: call or go and see.",
}
_WITHDRAWN: Mapping[Language, str] = {
    "it": "Vicino, casa {home}: annullato in casa con il pulsante ({what} {when}). Accertati che vada tutto bene.",
    "en": "Vicino, home {home}: cancelled at the button in the home ({what} {when}). Make sure that all is well.",
}


def called(home: str, call: Call, room: str, language: Language, zone: ZoneInfo, now_ms: int) -> str:
    """Return what a contact is told of a call; `home` is the gateway's key, `room` may be empty."""
    where = f" ({room})" if room else ""
    return _worded(_CALLED[language], home, call, where, language, zone, now_ms)


def withdrawn(home: str, call: Call, language: Language, zone: ZoneInfo, now_ms: int) -> str:
    """Return what a contact is told who was told of a call that the resident has withdrawn."""
    return _worded(_WITHDRAWN[language], home, call, "", language, zone, now_ms)


def _worded(pattern: str, home: str, call: Call, where: str, language: Language, zone: ZoneInfo, now_ms: int) -> str:
    what = WHAT[language].get(call.quantity, _HELP[language])
    return pattern.format(home=home, what=what, where=where, when=_when(call, language, zone, now_ms))


def _when(call: Call, language: Language, zone: ZoneInfo, now_ms: int) -> str:
    today, another_day, unknown = _WHEN[language]
    if call.in_doubt:
        return unknown
    local, now = (_instant(each).astimezone(zone) for each in (call.at_ms, now_ms))
    return local.strftime(today if local.date() == now.date() else another_day)


def _instant(at_ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)
