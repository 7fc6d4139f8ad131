"""Taking in what a channel reports, in the process that serves the pages."""

from datetime import datetime, timedelta
from uuid import UUID

from alerts.channels.voice.limits import TAKE_CHARGE
from alerts.receipts import repository
from alerts.receipts.reports import Report
from alerts.replies import answers
from alerts.replies.answers import Answer
from core.database import Database
from core.log import logger


def take_in(database: Database, message: UUID, report: Report, now: datetime, lasts: timedelta) -> bool:
    """Take in a report about a message by its public id; tell whether there is such a message.

    `1` pressed in a call takes charge as the account that was called, with the rights it has, as a link does that is
    valid for `lasts`. What failed goes on to the next way, which the alert worker uses.
    """
    with database.transaction() as connection:
        channel = repository.channel_of(connection, message)
        if channel is None:
            return False
        if report.what is not None and repository.note(connection, message, report.what.value, now):
            logger().info("receipt", channel=channel, state=report.what.value)
    if channel == "voice" and report.digit == TAKE_CHARGE:
        reply = answers.answer(database, message, Answer.TAKE_CHARGE, now, lasts)
        logger().info("answered by telephone", channel=channel, state=reply.standing.value)
    return True
