"""What becomes of a rejected message that is tried again, and how its bytes are shown."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messages import BatchProperties
from core.vocabulary import BY_NAME
from ingest.mqtt5 import Delivery
from ingest.reading import Reading
from ingest.rejects.payloads import hex_dump, written
from ingest.rejects.replaying import CHANGEABLE, EVENT_ROUTE, Report, plan, sort_out
from ingest.rejects.repository import Message, Row
from ingest.rejects.wording import WORDINGS
from ingest.series import SAFETY_ROUTE
from ingest.validate import Call, Reason, Rejection, Verdict

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT_MS = round(NOW.timestamp() * 1000)
SOS = BY_NAME["sos_button"].id
REASONS = st.sampled_from(sorted(Reason))


def message(*reasons: Reason, replayed: bool = False) -> Message:
    rows = tuple(Row(number, reason, replayed) for number, reason in enumerate(reasons, 1))
    return Message("vicino/v1/gw/g/readings", "g", b"[]", [], NOW, rows)


def verdict(*readings: Reading, rejections: tuple[Rejection, ...] = ()) -> Verdict:
    return Verdict(Delivery("", b"", [], 1, 1), "g", None, readings, rejections)


def call_for_help(value: float = 1.0, at_ms: int = AT_MS) -> Reading:
    return Reading(7, at_ms, value, 0, SAFETY_ROUTE, 3, SOS)


@given(
    st.lists(st.tuples(REASONS, st.booleans()), min_size=1, unique_by=lambda row: row[0]),
    st.dictionaries(REASONS, st.integers(1, 9), max_size=5),
)
def test_after_a_replay_every_reason_that_holds_stands_in_one_row_and_no_other_does(
    rows: list[tuple[Reason, bool]], holds: dict[Reason, int]
) -> None:
    before = [Row(number, reason, done) for number, (reason, done) in enumerate(rows, 1)]
    refused = {reason: Rejection(reason, "x", records) for reason, records in holds.items()}
    settled, copied = plan(message()._replace(rows=tuple(before)), refused, NOW)
    state: dict[int, tuple[str, int | None, bool]] = {row.reject_id: (row.reason, None, row.replayed) for row in before}
    for row in settled:
        reason = row.reason or state[row.reject_id][0]
        state[row.reject_id] = (reason, row.records, row.replayed_at is not None)
    after = [*state.values(), *((row.reason, row.records, False) for row in copied)]
    waiting = {reason: records for reason, records, done in after if not done}
    assert waiting == {str(reason): records for reason, records in holds.items()}
    # No two rows of a message have the same reason: the table would refuse them.
    assert len({reason for reason, _, _ in after}) == len(after)


@pytest.mark.parametrize("reason", sorted(Reason))
def test_a_call_is_silent_only_where_people_were_called_before(reason: Reason) -> None:
    unread = {
        Reason.UNKNOWN_GATEWAY, Reason.TOPIC, Reason.PROPERTIES, Reason.OVERSIZED, Reason.SYNTAX, Reason.STATUS,
        Reason.INVENTORY,
    }  # fmt: skip
    rejected = Rejection(Reason.UNIT, "x", 1, (Call(None, 3, SOS, 1.0), Call(None, 3, SOS, 2.0)))
    found = sort_out(message(reason), verdict(call_for_help(), rejections=(rejected,)), {}, 0)
    (fresh,) = found.fresh
    assert (fresh.route == SAFETY_ROUTE, len(found.calls)) == ((True, 1) if reason in unread else (False, 0))
    assert fresh.route in (SAFETY_ROUTE, EVENT_ROUTE)
    assert fresh[:4] == call_for_help()[:4]


def test_that_a_cause_is_over_is_passed_on_with_its_time() -> None:
    (fresh,) = sort_out(message(Reason.UNKNOWN_SERIES), verdict(call_for_help(0.0)), {}, 0).fresh
    assert fresh == call_for_help(0.0)


def test_what_is_there_is_left_out_and_what_contradicts_it_stays_refused() -> None:
    known = {(7, AT_MS): 1.0, (7, AT_MS - 1): 0.0}
    readings = [call_for_help(), call_for_help(at_ms=AT_MS - 1), call_for_help(at_ms=AT_MS - 2)]
    found = sort_out(message(Reason.UNKNOWN_GATEWAY), verdict(*readings, readings[-1]), known, 0)
    assert (found.fresh, found.already) == ([readings[2]], 2)
    assert {reason: rejection.records for reason, rejection in found.refused.items()} == {Reason.CONFLICT: 1}
    assert found.calls == [Call(7, 3, SOS, 1.0)]


def test_a_time_is_ahead_of_the_clock_by_which_it_came() -> None:
    readings = [call_for_help(at_ms=AT_MS + 1_000), call_for_help(at_ms=AT_MS + 1_001)]
    found = sort_out(message(Reason.UNKNOWN_GATEWAY), verdict(*readings), {}, 1_000)
    assert list(found.fresh) == readings[:1]
    assert (set(found.refused), found.calls) == ({Reason.TIME}, [Call(7, 3, SOS, 1.0)])


def test_a_gateway_that_knew_the_time_is_believed_also_after_our_clock_was_behind() -> None:
    late = verdict(call_for_help(0.0, AT_MS + 86_400_000))
    readings = []
    for clock in ("synced", "unsynced"):
        believed = late._replace(batch=BatchProperties("b", 1, 1.0, clock))
        readings.append(len(sort_out(message(Reason.TIME), believed, {}, 1_000).fresh))
    assert readings == [1, 0]


def test_reports_add_up() -> None:
    total = Report(1, 2, 3, {"unit": 1}, 1).plus(Report(1, 0, 0, {"unit": 2, "time": 1}))
    assert total == Report(2, 2, 3, {"unit": 3, "time": 1}, 1)


def test_every_reason_has_its_words() -> None:
    assert set(WORDINGS) == set(Reason)
    assert set(Reason) >= CHANGEABLE


@given(st.binary(max_size=3_000))
def test_any_bytes_can_be_shown_and_command_no_terminal(payload: bytes) -> None:
    assert all(letter.isprintable() or letter == "\n" for letter in written(payload))
    shown = hex_dump(payload).splitlines()
    bytes_shown = "".join(row[8:55] for row in shown if not row.startswith("…"))
    assert bytes.fromhex(bytes_shown) == payload[: 16 * 64]
    assert any(row.startswith("…") for row in shown) is (len(payload) > 1_024)


@given(st.recursive(st.text() | st.floats(allow_nan=False) | st.booleans(), st.lists, max_leaves=5))
def test_json_is_shown_as_json(value: object) -> None:
    shown = written(json.dumps(value).encode())
    assert json.loads(shown) == value
    assert shown.isascii()
