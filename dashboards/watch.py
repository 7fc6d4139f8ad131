"""What whoever looks at the board must know of the machinery: alerts are not worked on, or a test call was lost."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.watchdog.reads import Watched
from core.translation import mark
from dashboards.wording import Words

ROME = ZoneInfo("Europe/Rome")  # where the operators sit
SILENT = mark(
    "Alerts have not been worked on since %(time)s: nobody is called. Watch this page, telephone whom you worry about, "
    "and call your administrator."
)
NEVER = mark(
    "Alerts are not worked on: nobody is called. Watch this page, telephone whom you worry about, and call your "
    "administrator."
)
LOST = mark(
    "The test call of %(time)s did not arrive: a call for help may not arrive either. Telephone whom you worry about, "
    "and call your administrator."
)


def said(found: Watched, now: datetime, zone: ZoneInfo, words: Words, silent_after: timedelta) -> list[str]:
    """Return what is to be said at the top of the board; nothing while all is well."""
    lines = []
    if found.worked_at is None:
        lines.append(words.say(NEVER))
    elif now - found.worked_at > silent_after:
        lines.append(words.say(SILENT) % {"time": words.moment(found.worked_at, zone, now)})
    if found.missed and found.called_at is not None:
        lines.append(words.say(LOST) % {"time": words.moment(found.called_at, zone, now)})
    return lines
