"""What others read of what ingest stores."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from psycopg import Connection
from psycopg.rows import tuple_row

from core.columns import column
from core.database import Answer, Row, View, ask
from core.localtime import Interval
from core.statements import Statements
from core.vocabulary import BY_NAME
from ingest.transitions import Transition

_sql = Statements.beside(__file__)

HEARD_WITHIN = timedelta(minutes=3)  # gateways speak once a minute
FLOOD_PAUSE = timedelta(minutes=30)  # after which a flood is over
_EPOCH_MS = 946_684_800_000  # 2000-01-01, where PostgreSQL's timestamps start
NEVER = np.iinfo(np.int64).min  # PostgreSQL's -infinity


class Totals(NamedTuple):
    """What has come in since the beginning, in readings.

    `rejected` counts an unreadable message as one, and not what was stored when it was tried again; `pending` is what
    gateways say they still hold; `lag_s` is the age in seconds of the oldest of that, None if they hold nothing.
    """

    stored: int
    duplicates: int
    rejected: int
    pending: int
    gateways_online: int
    gateways: int
    lag_s: float | None
    last_intake_at: datetime | None


class GatewaysBehind(NamedTuple):
    """What gateways say of themselves, all together: readings they hold, and level readings that they gave up.

    `lag_s` is the age in seconds of the oldest reading that one of them holds: 0 if they hold none, None if none of
    them has ever said anything. Of a gateway that is heard it is the age at the moment when it spoke.
    """

    online: int
    said: int
    gateways: int
    queued: int
    thinned: int
    lag_s: float | None


class FoundDevice(NamedTuple):
    """A device as a gateway has found it, installed or not.

    `key` is that of its series, empty where nothing describes the device; `exposes` what its own system declares,
    `quantities` what it reports ("quantity" or "quantity/channel"), `unmapped` the last values of what nobody can read
    yet. `is_present` tells whether the gateway still has it.
    """

    gateway_key: str
    key: str
    name: str
    vendor: str
    model: str
    description: str
    exposes: list[str]
    quantities: list[str]
    unmapped: dict[str, str]
    first_seen: datetime
    last_seen: datetime
    is_present: bool


class Readings(NamedTuple):
    """Readings as columns of equal length, ordered by time. `at_ms` is in milliseconds since 1970."""

    series_id: npt.NDArray[np.int32]
    at_ms: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    quantity_id: npt.NDArray[np.int16]
    flags: npt.NDArray[np.int16]


def totals(connection: Connection[Row], now: datetime) -> Totals:
    """Return the counts since the beginning; they never scan the readings."""
    row = connection.execute(_sql["totals"], {"now": now}).fetchone()
    assert row is not None
    return Totals(**row)


def gateways_behind(connection: Connection[Row], now: datetime) -> GatewaysBehind:
    """Return how far behind gateways are, by what they last said of themselves."""
    parameters = {"now": now, "heard_since": now - HEARD_WITHIN}
    row = connection.execute(_sql["gateways_behind"], parameters).fetchone()
    assert row is not None
    return GatewaysBehind(**row)


def gateways_in_trouble(connection: Connection[Row]) -> dict[str, int]:
    """Return how many gateways cannot keep all that comes, by the trouble that they last told."""
    return {row["trouble"]: row["gateways"] for row in connection.execute(_sql["gateways_in_trouble"])}


def rollup_lag_s(connection: Connection[Row], now: datetime) -> float:
    """Return for how many seconds the oldest readings have waited that are not in the hourly figures yet."""
    row = connection.execute(_sql["rollups_since"]).fetchone()
    return 0.0 if row is None else max(0.0, (now - row["received_at"]).total_seconds())


def touched_since(connection: Connection[Row], xact: int, touched_id: int, maximum: int = 10_000) -> list[Row]:
    """Return the hours of homes for which readings came in, behind the cursor (`xact`, `touched_id`), in its order.

    Rows that a transaction still open could precede are left for the next time, so that the cursor never skips one.
    Fields: touched_id, xact, home_id, hour, received_at.
    """
    parameters = {"xact": xact, "touched_id": touched_id, "maximum": maximum}
    return connection.execute(_sql["touched_since"], parameters).fetchall()


def floods_of_home(connection: Connection[Row], home_id: int, since: datetime) -> list[Row]:
    """Return the floods of a home that went on at `since` or later, the earliest first.

    Fields: device (its key, or '' for all devices of a gateway together), started_at, last_at, parked (readings put
    aside). A flood that has paused for `FLOOD_PAUSE` is over: what comes then is another one.
    """
    return floods_of_homes(connection, [home_id], since)[home_id]


def floods_of_homes(connection: Connection[Row], homes: Sequence[int], since: datetime) -> dict[int, list[Row]]:
    """Return the same of several homes, by their ids."""
    found: dict[int, list[Row]] = {home_id: [] for home_id in homes}
    for row in connection.execute(_sql["floods_of_homes"], {"homes": list(homes), "since": since}):
        found[row.pop("home_id")].append(row)
    return found


def last_active(connection: Connection[Row], series_ids: Sequence[int], now: datetime) -> datetime | None:
    """Return when one of these series of events last had a value other than 0, until `now`; None if none ever had."""
    row = connection.execute(_sql["last_active"], {"series": list(series_ids), "now": now}).fetchone()
    return None if row is None else row["at"]


def readings_of_home(
    connection: Connection[Any], home_id: int, start: datetime, end: datetime, quantities: Sequence[int] | None = None
) -> Readings:
    """Return the readings of a home in `[start, end)`, for analysis; of some quantities, if their ids are given.

    A reading belongs to the interval in which its key lies. Its time is the corrected one where that lies in the
    interval too, else that of its key: its flags say that it was stamped by a clock that was not synchronised.
    """
    with connection.cursor(binary=True, row_factory=tuple_row) as cursor:
        row = cursor.execute(_sql["readings_of_home"], _span(home_id, start, end, quantities)).fetchone()
    assert row is not None
    series_id, at, value, quantity_id, flags = row
    return Readings(
        column(series_id, ">i4").astype(np.int32),
        column(at, ">i8").astype(np.int64) // 1000 + _EPOCH_MS,
        column(value, ">f8").astype(np.float64),
        column(quantity_id, ">i2").astype(np.int16),
        column(flags, ">i2").astype(np.int16),
    )


class KeyedReadings(NamedTuple):
    """Readings as columns of equal length, in no order, with both their times; `known` are all series of the home.

    `key_ms` is the time of the key and `corrected_ms` the corrected one, in milliseconds since 1970; `NEVER` where
    nothing was corrected.
    """

    known: npt.NDArray[np.int32]
    series_id: npt.NDArray[np.int32]
    key_ms: npt.NDArray[np.int64]
    corrected_ms: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]


def keyed_readings_of_home(connection: Connection[Any], home_id: int, start: datetime, end: datetime) -> KeyedReadings:
    """Return the readings of a home whose keys lie in `[start, end)`, for who keeps them."""
    with connection.cursor(binary=True, row_factory=tuple_row) as cursor:
        given = {"home_id": home_id, "start": start, "end": end}
        row = cursor.execute(_sql["keyed_readings_of_home"], given).fetchone()
    assert row is not None
    known, series_id, key, corrected, value = row
    corrected_us = column(corrected, ">i8").astype(np.int64)
    return KeyedReadings(
        column(known, ">i4").astype(np.int32),
        column(series_id, ">i4").astype(np.int32),
        column(key, ">i8").astype(np.int64) // 1000 + _EPOCH_MS,
        np.where(corrected_us == NEVER, NEVER, corrected_us // 1000 + _EPOCH_MS),
        column(value, ">f8").astype(np.float64),
    )


def touched_by_now(connection: Connection[Row]) -> tuple[int, int]:
    """Return a cursor for `touched_since` behind which all will stand that is not visible yet."""
    row = connection.execute(_sql["touched_by_now"]).fetchone()
    assert row is not None
    return row["xact"], 0


def home_readings(
    view: View, home_id: int, start: datetime, end: datetime, quantities: Sequence[int] | None = None
) -> list[Row]:
    """Return the readings of a home in `[start, end)` as the viewer may see them; none of a home they may not see.

    Fields: series_id, device_id, quantity_id, ts, value, flags, corrected_ts (None where nothing was corrected).
    """
    return view.connection.execute(_sql["home_readings"], _span(home_id, start, end, quantities)).fetchall()


def walk_readings(view: View, home_id: int, start: datetime, end: datetime) -> list[Row]:
    """Return what was heard in a home around its latest walk test, for whoever installs there, in the order of time.

    Of the rest only the last that each device said of itself in `[start, end)`. Fields: device_id, quantity_id, ts,
    value. None of a home in which the viewer does not install.
    """
    return view.connection.execute(_sql["walk_readings"], {"home_id": home_id, "start": start, "end": end}).fetchall()


def readings_page(
    view: View, home_id: int, series: Sequence[int], start: datetime, end: datetime, *, most: int, skipped: int
) -> tuple[list[Row], int]:
    """Return at most so many readings of some series of a home in `[start, end)`, in order, and how many there are.

    Columns: series_id, ts, value, flags, corrected_ts (None unless the time of the key was corrected).
    """
    given = {"home_id": home_id, "series": list(series), "start": start, "end": end, "most": most, "skipped": skipped}
    count = view.connection.execute(_sql["seen_count"], given).fetchone()
    assert count is not None
    return view.connection.execute(_sql["seen_page"], given).fetchall(), count["readings"]


def silences_of_home(view: View, home_id: int, start: datetime, end: datetime, longest: timedelta) -> list[Interval]:
    """Return from when to when in `[start, end)` no sensor of a home was heard, where that is more than `longest`.

    In order. The readings are not read row by row for it.
    """
    given = {"home_id": home_id, "start": start, "end": end, "longest": longest}
    rows = view.connection.execute(_sql["silences_of_home"], given)
    return [Interval(row["started_at"], row["ended_at"]) for row in rows]


def page_of_readings(
    view: View,
    home_id: int,
    start: datetime,
    end: datetime,
    after: tuple[datetime, int] | None,
    limit: int,
    quantities: Sequence[int] | None = None,
) -> list[Row]:
    """Return at most `limit` readings of a home in `[start, end)`, from behind an instant and a series on.

    Ordered by time and series; fields as in `home_readings`. None of a home that the viewer may not see.
    """
    at, series = after or (start, -1)
    given = _span(home_id, max(at, start), end, quantities) | {"after": at, "series": series, "limit": limit}
    return view.connection.execute(_sql["page_of_readings"], given).fetchall()


def home_hours(
    view: View, home_id: int, start: datetime, end: datetime, quantities: Sequence[int] | None = None
) -> list[Row]:
    """Return the hourly figures of a home in `[start, end)` as the viewer may see them, ordered by hour.

    Fields: series_id, device_id, quantity_id, hour, readings (how many), plausible (how many of them are within the
    plausible range) and, of those alone, total, minimum, maximum, first_value, last_value. Mean: total / plausible.
    """
    return view.connection.execute(_sql["home_hours"], _span(home_id, start, end, quantities)).fetchall()


def home_days(
    view: View, home_id: int, start: datetime, end: datetime, quantities: Sequence[int] | None = None
) -> list[Row]:
    """Return the daily figures of a home whose local midnight lies in `[start, end)`, as the viewer may see them.

    Fields as in `home_hours`, with `day`, the instant of local midnight, instead of `hour`.
    """
    return view.connection.execute(_sql["home_days"], _span(home_id, start, end, quantities)).fetchall()


def homes_heard(connection: Connection[Row], homes: Sequence[int], since: datetime) -> dict[int, bool]:
    """Tell of each home whether what happened in it until `since` has arrived, as far as its gateways say."""
    rows = connection.execute(_sql["homes_not_heard"], {"homes": list(homes), "since": since})
    not_heard = {row["home_id"] for row in rows}
    return {home_id: home_id not in not_heard for home_id in homes}


class GatewayHeard(NamedTuple):
    """When a gateway was last heard, by the service's clock, and whether it is online as far as it is known."""

    gateway_id: int
    home_id: int
    online: bool
    received_at: datetime


def gateways_heard(connection: Connection[Row], homes: Sequence[int] | None = None) -> list[GatewayHeard]:
    """Return when each gateway that ever said anything was last heard: of some homes, or of all."""
    given = {"homes": None if homes is None else list(homes)}
    return [GatewayHeard(**row) for row in connection.execute(_sql["gateways_heard"], given)]


def gateway_transitions(
    connection: Connection[Row], gateways: Sequence[int], since: datetime
) -> dict[int, list[Transition]]:
    """Return what changed in the words of gateways since an instant, and the last change before it, in order."""
    found: dict[int, list[Transition]] = {gateway_id: [] for gateway_id in gateways}
    for row in connection.execute(_sql["transitions"], {"gateways": list(gateways), "since": since}):
        said = {name: row[name] for name in Transition._fields} | {"unreachable": tuple(row["unreachable"])}
        found[row["gateway_id"]].append(Transition(**said))
    return found


def systems_of_devices(connection: Connection[Row], gateways: Sequence[int]) -> dict[int, dict[int, str]]:
    """Return by which system the devices of gateways were found: by gateway and device, as far as that is known."""
    found: dict[int, dict[int, str]] = {gateway_id: {} for gateway_id in gateways}
    for row in connection.execute(_sql["systems_of_devices"], {"gateways": list(gateways)}):
        found[row["gateway_id"]][row["device_id"]] = row["system"]
    return found


_BATTERY_QUANTITIES = {BY_NAME[name].id: name for name in ("battery", "voltage")}


class BatteryDay(NamedTuple):
    """The lowest charge (percent) or voltage (V) that a device told on a day; `quantity` says which of the two."""

    device_id: int
    quantity: str
    day: datetime
    lowest: float


def battery_days(connection: Connection[Row], since: datetime) -> list[BatteryDay]:
    """Return what installed devices told of their batteries since an instant, and since each was last changed."""
    wanted = {"quantities": list(_BATTERY_QUANTITIES), "since": since}
    return [_battery_day(row) for row in connection.execute(_sql["battery_days"], wanted)]


def seen_battery_days(view: View, homes: Sequence[int], since: datetime) -> list[BatteryDay]:
    """Return the same of some homes, as far as the viewer may see them."""
    wanted = {"quantities": list(_BATTERY_QUANTITIES), "since": since, "homes": list(homes)}
    return [_battery_day(row) for row in view.connection.execute(_sql["seen_battery_days"], wanted)]


def _battery_day(row: Row) -> BatteryDay:
    return BatteryDay(row["device_id"], _BATTERY_QUANTITIES[row["quantity_id"]], row["day"], row["lowest"])


def gateway_statuses(view: View, homes: Sequence[int] | None = None) -> list[Row]:
    """Return the last word of every gateway the viewer may see, or of those in some homes.

    Fields: gateway_id, gateway_key, home_id, online, and changed_at, received_at, said_at, queued, oldest_unsent,
    thinned, clock, version, uptime_s, power, trouble ('' for none), unheard, unreachable (systems), told, and
    update_result, update_version, update_reason, update_at of its last update; all None for a gateway that never said
    anything. left_out is how many of the devices that it found there was no room for in its inventory.
    """
    return view.connection.execute(
        _sql["gateway_statuses"], {"homes": None if homes is None else list(homes)}
    ).fetchall()


def ask_gateways_heard(view: View, homes: Sequence[int] | None = None) -> Answer[list[Row]]:
    """Ask how every gateway the viewer may see is heard, or those in some homes.

    Fields: home_id, online, changed_at, received_at, as in `gateway_statuses`.
    """
    given = {"homes": None if homes is None else list(homes)}
    return ask(view.connection, _sql["seen_gateways_heard"], given, list)


def gateways_said(connection: Connection[Row]) -> dict[str, Row]:
    """Return the last word of every gateway by its key, as `gateway_statuses` does, for whoever administers them."""
    return {row["gateway_key"]: row for row in connection.execute(_sql["gateway_statuses"], {"homes": None})}


def seen_inventory(view: View, home_id: int) -> list[FoundDevice]:
    """Return what the gateways of a home have found, installed or not, as far as the viewer may see it."""
    return [FoundDevice(**row) for row in view.connection.execute(_sql["seen_inventory"], {"home_id": home_id})]


def inventory(connection: Connection[Row]) -> list[FoundDevice]:
    """Return what all gateways have found, installed or not."""
    return [FoundDevice(**row) for row in connection.execute(_sql["inventory"])]


def gateway_starts(connection: Connection[Row], keys: Sequence[str]) -> dict[tuple[str, str], int]:
    """Return when gateways were started, by key and boot: where their monotonic clocks were at nought.

    In milliseconds since 1970 by our clock, of those that have said how they are since; too late by what their word was
    under way.
    """
    rows = connection.execute(_sql["gateway_starts"], {"keys": list(keys)}).fetchall()
    return {(row["gateway_key"], row["boot"]): row["started_ms"] for row in rows}


def rejects(connection: Connection[Row], maximum: int = 100) -> list[Row]:
    """Return what could not be stored, the latest first.

    Fields: reject_id, first_at, last_at, topic, gateway_key, reason, detail, payload, payload_bytes, properties,
    records, count, replayed_at.
    """
    return connection.execute(_sql["rejects"], {"maximum": maximum}).fetchall()


def shared_signs(
    view: View, now: datetime, since: datetime, movement: Sequence[int], watching: Sequence[int]
) -> list[Row]:
    """Return the last signs of the persons of which something is shared with the viewer at `now`.

    `movement` are the quantities that say that somebody moves, `watching` those that a device must tell to count.
    Columns: person_id, hour (None where movement by the hour is not shared: one row), reading_at, moved_at, room_kind,
    moves.
    """
    given = {"now": now, "since": since, "movement": list(movement), "watching": list(watching)}
    return view.connection.execute(_sql["shared_signs"], given).fetchall()


def shared_gateways(view: View, now: datetime) -> list[Row]:
    """Return whether the homes are heard of which something is shared: person_id, online, received_at, changed_at."""
    return view.connection.execute(_sql["shared_gateways"], {"now": now}).fetchall()


def _span(home_id: int, start: datetime, end: datetime, quantities: Sequence[int] | None) -> dict[str, object]:
    return {
        "home_id": home_id,
        "start": start,
        "end": end,
        "quantities": None if quantities is None else list(quantities),
    }
