"""What a draft would have come to: of each alert of the last days, who would have been told, beside what holds.

It is carried out by what carries out alerts (`policies.walk`), on today's accounts, shifts and ways to people, until
somebody took charge of the alert as it was. The draft is put into force for that, and the database takes it back before
anybody else sees it: so which policy counts for which home is decided as it always is.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import takewhile

from alerts.drafts import repository
from alerts.drafts.draft import Moment
from alerts.drafts.repository import Connection, Task
from alerts.lifecycle import Family
from alerts.policies.recipients import Place
from alerts.policies.repository import nearest, replace
from alerts.policies.trial import moments
from alerts.policy import Found, Rules
from alerts.repository import DATABASE_AWAY
from alerts.surroundings import home_facts
from core.database import Database
from core.log import logger

AT_ONCE = 10  # alerts: what must not wait, waits no longer for it than for a message
MOST_MOMENTS = 60
Counting = dict[tuple[int, str], Found | None]


def try_some(database: Database, rules: Rules, now: datetime) -> bool:
    """Try a draft on some alerts; tell whether there may be more. One that cannot be tried is given up.

    Raises what says that the database is away (`DATABASE_AWAY`).
    """
    try:
        with database.transaction() as connection:
            tasks = repository.take(connection, AT_ONCE)
            _try(connection, tasks, rules, now)
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - what must be done of alerts is done all the same
        logger().error("draft of a policy given up", reason=type(error).__name__)
        with database.transaction() as connection:
            repository.give_up(connection)
        return True
    return bool(tasks)


def _try(connection: Connection, tasks: list[Task], rules: Rules, now: datetime) -> None:
    if not tasks:
        return
    before, after = counting(connection, tasks), _counting_then(connection, tasks, now)
    for task in tasks:
        key = (task.organisation_id, task.kind)
        sides = None
        if before[key] != after[key]:
            sides = (
                list(_told(connection, task, before[key] or rules, now)),
                list(_told(connection, task, after[key] or rules, now)),
            )
        repository.put_tried(connection, task, sides, now)


def counting(connection: Connection, tasks: Collection[Task]) -> Counting:
    """Return which policy counts for each organisation and kind; None for a standard one."""
    family = next(iter(tasks)).family
    keys = {(task.organisation_id, task.kind) for task in tasks}
    return {key: nearest(connection, key[0], family, key[1]) for key in keys}


def _counting_then(connection: Connection, tasks: list[Task], now: datetime) -> Counting:
    draft = tasks[0]
    with connection.transaction(force_rollback=True):
        replace(connection, draft.organisation, draft.family, draft.for_kind, draft.plan, now)
        return counting(connection, tasks)


def _told(connection: Connection, task: Task, found: Rules | Found, now: datetime) -> Iterator[Moment]:
    family, opened = Family(task.family), task.opened_at
    place = Place(task.organisation_id, task.home_id, task.person_id, family)
    zone = home_facts(connection, task.home_id).zone
    until = task.ended_at or now
    # What is due at the very instant at which somebody takes charge may have gone out.
    every = moments(connection, found, family, place, zone, opened, task.severity, MOST_MOMENTS)
    for moment in takewhile(lambda moment: moment.at <= until, every):
        accounts = tuple(each.account_id for each in moment.people if each.account_id is not None)
        yield Moment(
            round((moment.at - opened) / timedelta(seconds=1)),
            accounts,
            len(moment.people) - len(accounts),
            len(moment.passed_over),
            moment.unanswered,
            moment.last_resort,
        )
