"""How much of what cannot be stored is kept one by one; beyond it, messages are only counted.

Generous for a registered gateway, because what it sends for a device that is not registered yet is nowhere else: 50,000
messages are one device's for five weeks at one a minute. All senders that are not registered share one room: they keep
what they have until they are.
"""

from typing import NamedTuple

MEBIBYTE = 1_048_576


class Room(NamedTuple):
    """At most so many messages, and at most so many bytes of their payloads, before the last one that is kept."""

    rows: int
    payload_bytes: int


OF_A_GATEWAY = Room(50_000, 64 * MEBIBYTE)
OF_ALL_OTHERS = Room(10_000, 64 * MEBIBYTE)


def parameters() -> dict[str, int]:
    """Return the bounds as the statement that keeps rejects wants them."""
    return {
        "gateway_rows": OF_A_GATEWAY.rows,
        "gateway_bytes": OF_A_GATEWAY.payload_bytes,
        "others_rows": OF_ALL_OTHERS.rows,
        "others_bytes": OF_ALL_OTHERS.payload_bytes,
    }
