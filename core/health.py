"""Whether a service of this machine answers: `python -m core.health ADDRESS`, for whoever runs containers.

The exit code is 0 if it answers and, where it tells its figures, if they say that the database answers, too. An address
of https is not asked who it belongs to: it is our own.
"""

import ssl
import sys
from http.client import HTTPException
from urllib.request import urlopen

WITHIN_S = 4.0
AWAY = "vicino_database_answers 0.0"


def healthy(address: str) -> bool:
    """Tell whether a service answers at `address` (http or https) and has its database."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with urlopen(address, timeout=WITHIN_S, context=context) as answer:  # noqa: S310 - our own address
            text = answer.read().decode("utf-8", "replace")
    except (OSError, HTTPException, ValueError):
        return False
    return AWAY not in text.splitlines()


if __name__ == "__main__":
    sys.exit(0 if healthy(sys.argv[1]) else 1)
