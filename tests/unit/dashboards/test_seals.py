"""Whatever is removed, changed or inserted behind a seal is found, and its batch named."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboards.seals import BEFORE_THE_FIRST, Entry, Fault, Seal, What, contents_of, digest_of, faults

NOW = datetime(2026, 3, 16, 2, 12, 0, 123_456, tzinfo=UTC)
PER_BATCH = 4


def chain(entries: Sequence[Entry]) -> list[Seal]:
    found: list[Seal] = []
    for at in range(0, len(entries), PER_BATCH):
        some = entries[at : at + PER_BATCH]
        after_id, before = (found[-1].last_id, found[-1].digest) if found else (0, BEFORE_THE_FIRST)
        seal = Seal(len(found) + 1, NOW, after_id, some[-1].audit_id, len(some), contents_of(some), b"")
        found.append(seal._replace(digest=digest_of(seal, before)))
    return found


def wrong(seals: Sequence[Seal], entries: Sequence[Entry]) -> list[Fault]:
    ordered = sorted(entries)
    return list(faults(seals, lambda after, last: [one for one in ordered if after < one.audit_id <= last]))


def entry(number: int) -> Entry:
    return Entry(3 * number + 2, NOW + timedelta(seconds=number), 7, "GET", "/persons/{public_id}", (b"p" * 16,))


whole = st.integers(1, 20).map(lambda count: [entry(number) for number in range(count)])
changes = st.sampled_from(
    [
        {"at": NOW - timedelta(microseconds=1)},
        {"account_id": 8},
        {"method": "POST"},
        {"method": "GE", "route": "T/persons/{public_id}"},
        {"route": "/"},
        {"persons": (b"q" * 16,)},
        {"persons": (b"p" * 15, b"p")},
        {"persons": (b"p" * 16, b"q" * 16)},
    ]
)


@given(whole)
def test_what_nobody_touched_is_whole(entries: list[Entry]) -> None:
    assert wrong(chain(entries), entries) == []


@given(whole, st.data())
def test_an_entry_that_is_removed_changed_or_inserted_is_found_in_its_batch(
    entries: list[Entry], data: st.DataObject
) -> None:
    seals, at = chain(entries), data.draw(st.integers(0, len(entries) - 1))
    batch = at // PER_BATCH + 1
    count = seals[batch - 1].entries
    removed = entries[:at] + entries[at + 1 :]
    assert wrong(seals, removed) == [Fault(batch, What.COUNT, count - 1, count)]
    changed = [*removed, entries[at]._replace(**data.draw(changes))]
    assert wrong(seals, changed) == [Fault(batch, What.CONTENTS, count, count)]
    inserted = [*entries, entries[at]._replace(audit_id=entries[at].audit_id - 1)]
    assert wrong(seals, inserted) == [Fault(batch, What.COUNT, count + 1, count)]
    moved = [*removed, entries[at]._replace(audit_id=entries[at].audit_id - 1)]
    assert wrong(seals, moved) == [Fault(batch, What.CONTENTS, count, count)]


@given(whole, st.data())
def test_a_batch_that_is_removed_with_its_seal_leaves_a_gap(entries: list[Entry], data: st.DataObject) -> None:
    seals = chain(entries)
    gone = data.draw(st.integers(1, len(seals)))
    left = [one for one in entries if not seals[gone - 1].after_id < one.audit_id <= seals[gone - 1].last_id]
    found = wrong([one for one in seals if one.seal_id != gone], left)
    # The end of a chain is only missed by whoever has noted it.
    assert found == ([Fault(gone, What.GONE)] if gone < len(seals) else [])


@given(whole, st.data())
def test_who_seals_a_batch_anew_is_found_by_the_next(entries: list[Entry], data: st.DataObject) -> None:
    seals, at = chain(entries), data.draw(st.integers(0, len(entries) - 1))
    batch = at // PER_BATCH
    changed = [*entries]
    changed[at] = changed[at]._replace(account_id=9)
    again = chain(changed)[batch]
    found = wrong([*seals[:batch], again, *seals[batch + 1 :]], changed)
    count = seals[batch + 1].entries if batch + 1 < len(seals) else 0
    assert found == ([Fault(batch + 2, What.SEAL, count, count)] if batch + 1 < len(seals) else [])


@given(whole, st.sampled_from([{"sealed_at": NOW - timedelta(days=1)}, {"digest": b"0" * 32}, {"after_id": -1}]))
def test_a_seal_that_was_changed_does_not_fit_with_itself(entries: list[Entry], change: dict[str, object]) -> None:
    seals = chain(entries)
    found = wrong([seals[0]._replace(**change), *seals[1:]], entries)
    assert found[0] == Fault(1, What.SEAL, seals[0].entries, seals[0].entries)
