"""What is kept of how people have set up to be reached."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from core.database import Row
from core.statements import Statements

_SQL = Statements.beside(__file__)
Connection = psycopg.Connection[Row]


class Device(NamedTuple):
    """A browser that shows messages. `endpoint` is where its push service takes them; the keys are in base64url."""

    device_id: int
    endpoint: str
    p256dh: str
    auth: str


class Paired(NamedTuple):
    """Who has shown a code, and the language they read."""

    account_id: int
    language: str


class Trial(NamedTuple):
    """A message that somebody sends to themselves; `device_id` is None where all devices of the address are meant."""

    trial_id: int
    public_id: UUID
    channel: str
    address: str
    device_id: int | None
    language: str


# --- for the pages: in the transaction of whoever looks ---


def faces(connection: Connection) -> dict[str, str]:
    """Return what is known of each channel that is set up: the public key of web push, the name of a bot."""
    return {row["channel"]: row["said"] for row in connection.execute(_SQL["faces"])}


def add_push_device(
    connection: Connection, endpoint: str, p256dh: str, auth: str, label: str, now: datetime
) -> UUID | None:
    """Register a browser for the viewer; None where nobody looks."""
    values = {"endpoint": endpoint, "p256dh": p256dh, "auth": auth, "label": label, "now": now}
    added: UUID | None = _value(connection, "add_push_device", values)
    return added


def remove_push_device(connection: Connection, public_id: UUID, now: datetime) -> bool:
    """Take a browser of the viewer away; tell whether there was one."""
    return bool(_value(connection, "remove_push_device", {"public_id": public_id, "now": now}))


def renew_push_device(
    connection: Connection, old_endpoint: str, old_auth: str, endpoint: str, p256dh: str, auth: str
) -> bool:
    """Note the new subscription of a browser that shows the secret of its old one; tell whether it is known."""
    values = {
        "old_endpoint": old_endpoint,
        "old_auth": old_auth,
        "endpoint": endpoint,
        "p256dh": p256dh,
        "auth": auth,
    }
    return bool(_value(connection, "renew_push_device", values))


def receipt_of_push(connection: Connection, public_id: UUID, now: datetime, *, was_read: bool) -> bool | None:
    """Note that a browser has shown a message, or that somebody touched it.

    Return whether nobody has to look any more, None where there is no such message.
    """
    over: bool | None = _value(
        connection, "receipt_of_push", {"public_id": public_id, "was_read": was_read, "now": now}
    )
    return over


def own_push_devices(connection: Connection) -> list[Row]:
    """Return the devices of the viewer; `digest` is the SHA-256 of the endpoint."""
    return connection.execute(_SQL["own_push_devices"]).fetchall()


def own_channels(connection: Connection) -> dict[str, datetime]:
    """Return since when the viewer has been reached by each channel."""
    return {row["channel"]: row["since"] for row in connection.execute(_SQL["own_channels"])}


def latest_trial(connection: Connection) -> Row | None:
    """Return the latest message that the viewer had sent to themselves."""
    return connection.execute(_SQL["latest_trial"]).fetchone()


def begin_pairing(connection: Connection, channel: str, code: bytes, until: datetime, now: datetime) -> bool:
    """Prepare that the viewer shows a bot who they are by a code of that digest; tell whether somebody looks."""
    values = {"channel": channel, "code": code, "until": until, "now": now}
    return bool(_value(connection, "begin_pairing", values))


def leave_channel(connection: Connection, channel: str, now: datetime) -> int:
    """Take away where the viewer is reached by a channel; return how many addresses that were."""
    taken: int = _value(connection, "leave_channel", {"channel": channel, "now": now})
    return taken


def ask_trial(
    connection: Connection, channel: str, device: UUID | None, at_most_since: datetime, now: datetime
) -> bool:
    """Ask for a message to the viewer; False where there is no such address, or one was asked for lately."""
    values = {"channel": channel, "device": device, "at_most_since": at_most_since, "now": now}
    return _value(connection, "ask_trial", values) is not None


# --- for the alert worker ---


def say_face(connection: Connection, channel: str, said: str | None) -> None:
    """Say what the pages have to know of a channel; None where it is not set up."""
    name = "hide_face" if said is None else "say_face"
    connection.execute(_SQL[name], {"channel": channel, "said": said})


def devices_at(connection: Connection, address: str, device_id: int | None = None) -> list[Device]:
    """Return the devices of a web push address, or one of them."""
    rows = connection.execute(_SQL["devices_at"], {"address": address, "device_id": device_id})
    return [Device(**row) for row in rows]


def forget_device(connection: Connection, device: Device, now: datetime) -> None:
    """Forget a device that is gone; where it was the last one, the address is out of use."""
    values = {"device_id": device.device_id, "endpoint": device.endpoint}
    row = connection.execute(_SQL["forget_device"], values).fetchone()
    if row is not None:
        connection.execute(_SQL["forget_empty_devices"], row | {"now": now})


def pair(connection: Connection, channel: str, code: bytes, address: str, now: datetime) -> Paired | None:
    """Take a code that is shown from a chat and enter the chat as an address; None where the code does not hold."""
    values: dict[str, Any] = {"channel": channel, "code": code, "address": address, "now": now}
    row = connection.execute(_SQL["pair"], values).fetchone()
    if row is None:
        return None
    values["account_id"] = row["account_id"]
    connection.execute(_SQL["leave_other_accounts"], values)
    connection.execute(_SQL["reach"], values)
    return Paired(**row)


def language_at(connection: Connection, channel: str, address: str) -> str | None:
    """Return the language of whoever is reached at an address; None where nobody is."""
    language: str | None = _value(connection, "language_at", {"channel": channel, "address": address})
    return language


def take_reading(
    connection: Connection, channel: str, now: datetime, held_until: datetime | None, leased_until: datetime
) -> int | None:
    """Take over to read what a bot is told, or go on; return from which update on, None where another worker does.

    `held_until` is until when this worker has it.
    """
    values = {"channel": channel, "now": now, "held_until": held_until, "leased_until": leased_until}
    row = connection.execute(_SQL["take_reading"], values).fetchone()
    return None if row is None else int(row["next_update"])


def read_until(connection: Connection, channel: str, next_update: int) -> None:
    """Note how far was read of what a bot is told."""
    connection.execute(_SQL["read_until"], {"channel": channel, "next_update": next_update})


def take_trial(connection: Connection, at_most_since: datetime, now: datetime) -> Trial | None:
    """Take the next message that somebody wants to send to themselves, unless they asked for it long ago."""
    row = connection.execute(_SQL["take_trial"], {"at_most_since": at_most_since, "now": now}).fetchone()
    return None if row is None else Trial(**row)


def end_trial(connection: Connection, trial_id: int, sent_at: datetime | None, error: str | None) -> None:
    """Note what came of a message that somebody sent to themselves."""
    connection.execute(_SQL["end_trial"], {"trial_id": trial_id, "sent_at": sent_at, "error": error})


def give_up_unseen(connection: Connection, sent_until: datetime, now: datetime) -> list[tuple[int, int]]:
    """Take calls for help as failed that were sent until then, are not known to have arrived, and have a way left.

    Return the messages, each with its alert. What each had called off is due at `now`; their worker is woken.
    """
    rows = connection.execute(_SQL["give_up_unseen"], {"sent_until": sent_until}).fetchall()
    for row in rows:
        connection.execute(_SQL["need_after_all"], {"notification_id": row["notification_id"], "now": now})
    if rows:
        connection.execute(_SQL["tell_due"])
    return [(row["notification_id"], row["alert_id"]) for row in rows]


def enter_apprise(connection: Connection, login: str, url: str, now: datetime) -> bool:
    """Keep a secret address of Apprise for an account; False where there is no such account."""
    row = connection.execute(_SQL["account_of_login"], {"login": login}).fetchone()
    if row is None:
        return False
    address = _value(connection, "add_apprise_target", {"url": url})
    connection.execute(_SQL["reach"], row | {"channel": "apprise", "address": address, "now": now})
    return True


def apprise_url(connection: Connection, address: str) -> str | None:
    """Return the secret behind an address; None where there is none."""
    row = connection.execute(_SQL["apprise_url"], {"address": address}).fetchone()
    return None if row is None else str(row["url"])


def _value(connection: Connection, statement: str, values: Mapping[str, Any]) -> Any:
    row = connection.execute(_SQL[statement], values).fetchone()
    return None if row is None else next(iter(row.values()))
