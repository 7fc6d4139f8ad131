"""What is written down when a request cannot be answered: what happened, and nothing about anybody."""

import traceback

from fastapi import Request

from core.log import logger

RETRY_AFTER_S = 10  # until the database is asked for again
FRAMES = 6


def note_database_away(error: Exception) -> None:
    """Note that the database does not answer."""
    logger().warning("database away", error=type(error).__name__)


def note_broken(request: Request, error: Exception) -> None:
    """Note a mistake of ours, and where it happened: the message of an error may hold what was in a row."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    where = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
    logger().error("request failed", error=type(error).__name__, exception=where, method=request.method)
