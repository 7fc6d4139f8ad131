"""Writes the registry. The caller owns the transaction."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import Connection as PsycopgConnection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from core.places import RoomKind
from core.statements import Statements
from registry import rules
from registry.changes import Changes, Count, count_of
from registry.document import Document, Person
from registry.hours import Hours

_SQL = Statements.beside(__file__)

Rows = list[dict[str, Any]]
Connection = PsycopgConnection[DictRow]


def apply(connection: Connection, document: Document) -> Changes:
    """Make organisations, accounts, homes, rooms, persons, contacts, consents and shares what `document` says, by keys.

    Nothing is deleted: what is no longer described is kept and told. Applying the same document again changes
    nothing. A home that goes to another organisation takes everything of it along. Raises
    `registry.rules.DocumentError`, before anything is written, if the document breaks a rule.
    """
    rules.require_sound(document)
    connection.execute(_SQL["begin_apply"])
    counts = {"organisations": _organisations(connection, list(_organisation_rows(document)))}
    described = dict(_described(document))
    for kind, rows in (
        ("accounts", _account_rows(document)),
        ("memberships", _membership_rows(document)),
        ("homes", _home_rows(document)),
        ("rooms", _room_rows(document)),
        ("persons", _person_rows(document)),
        ("contacts", _contact_rows(document)),
        ("consents", _consent_rows(document)),
        ("shares", _share_rows(document)),
        ("closeness", _close_rows(document)),
    ):
        wanted = list(rows)
        touched = connection.execute(_SQL[f"apply_{kind}"], {"rows": Jsonb(wanted)}) if wanted else ()
        counts[kind] = count_of(len(wanted), (row["made"] for row in touched))
    missing: dict[str, list[str]] = {}
    for row in connection.execute(_SQL["present"]):
        if row["key"] not in described[row["kind"]]:
            missing.setdefault(row["kind"], []).append(row["key"])
    return Changes(counts, {kind: tuple(keys) for kind, keys in missing.items()})


def store_password_hash(connection: Connection, login: str, password_hash: str, now: datetime) -> bool:
    """Set the password hash of the account `login` and end its sign-ins; tell whether there is one."""
    values = {"login": login, "hash": password_hash, "now": now}
    return connection.execute(_SQL["store_password_hash"], values).fetchone() is not None


def open_or_close_account(connection: Connection, login: str, now: datetime, *, active: bool) -> bool:
    """Open or close the account `login` and end its sign-ins; tell whether there is one."""
    values = {"login": login, "active": active, "now": now}
    return connection.execute(_SQL["open_or_close_account"], values).fetchone() is not None


def remove_role(connection: Connection, login: str, organisation: str, role: str) -> bool:
    """Take a role in an organisation away from the account `login`; tell whether it had it."""
    values = {"login": login, "organisation": organisation, "role": role}
    return connection.execute(_SQL["remove_role"], values).fetchone() is not None


def _organisations(connection: Connection, rows: Rows) -> Count:
    given = {"rows": Jsonb(rows)}
    made = {row["key"] for row in connection.execute(_SQL["make_organisations"], given)}
    changed = {row["key"] for row in connection.execute(_SQL["change_organisations"], given)} - made
    return Count(len(made), len(changed), len(rows) - len(made) - len(changed))


def _organisation_rows(document: Document) -> Iterator[dict[str, Any]]:
    for thing in document.organisations:
        yield {
            "key": thing.key,
            "name": thing.name,
            "kind": thing.kind,
            "parent": thing.parent,
            "phone": thing.phone,
        }


def _account_rows(document: Document) -> Iterator[dict[str, Any]]:
    for thing in document.accounts:
        yield {"login": thing.login, "name": thing.name, "email": thing.email, "language": thing.language}


def _membership_rows(document: Document) -> Iterator[dict[str, Any]]:
    for account in document.accounts:
        for membership in account.memberships:
            yield {"login": account.login, "organisation": membership.organisation, "role": membership.role}


def _home_rows(document: Document) -> Iterator[dict[str, Any]]:
    for home in document.homes:
        yield {
            "key": home.key,
            "organisation": home.organisation,
            "name": home.name,
            "address": home.address,
            "municipality": home.municipality,
            "access_notes": home.access_notes,
            "timezone": home.timezone,
        }


def _room_rows(document: Document) -> Iterator[dict[str, Any]]:
    for home in document.homes:
        for room in home.rooms:
            yield {"home": home.key, "key": room.key, "name": room.name, "kind": room.kind}


def _person_rows(document: Document) -> Iterator[dict[str, Any]]:
    for home in document.homes:
        for person in home.persons:
            yield {
                "home": home.key,
                "key": person.key,
                "name": person.name,
                "birth_year": person.birth_year,
                "sex": person.sex,
                "phone": person.phone,
                "language": person.language,
            }


def _contact_rows(document: Document) -> Iterator[dict[str, Any]]:
    for home in document.homes:
        for person in home.persons:
            for position, contact in enumerate(person.contacts, 1):
                yield {
                    "person": person.key,
                    "key": contact.key,
                    "name": contact.name,
                    "relation": contact.relation,
                    "phone": contact.phone,
                    "email": contact.email,
                    "language": contact.language,
                    "position": position,
                }


def _consent_rows(document: Document) -> Iterator[dict[str, Any]]:
    for person in _persons(document):
        for consent in person.consents:
            yield {"person": person.key, **msgspec.structs.asdict(consent)}


def _share_rows(document: Document) -> Iterator[dict[str, Any]]:
    for person in _persons(document):
        for share in person.shares:
            hours = Hours.parse(share.hours)
            for data in share.data:
                times = {"from_minute": hours.start, "to_minute": hours.end}
                yield {"person": person.key, "contact": share.contact, "data": data, **times}


def _close_rows(document: Document) -> Iterator[dict[str, Any]]:
    for account in document.accounts:
        for close in account.persons:
            yield {"login": account.login, **msgspec.structs.asdict(close)}


def _persons(document: Document) -> Iterator[Person]:
    for home in document.homes:
        yield from home.persons


def _described(document: Document) -> Iterator[tuple[str, set[str]]]:
    yield "organisations", {row["key"] for row in _organisation_rows(document)}
    yield "accounts", {row["login"] for row in _account_rows(document)}
    yield "memberships", {f"{row['login']} {row['role']} {row['organisation']}" for row in _membership_rows(document)}
    yield "homes", {row["key"] for row in _home_rows(document)}
    yield "rooms", {f"{row['home']} {row['key']}" for row in _room_rows(document)}
    yield "persons", {row["key"] for row in _person_rows(document)}
    yield "contacts", {f"{row['person']} {row['key']}" for row in _contact_rows(document)}


def add_room(connection: Connection, home_public_id: UUID, kind: RoomKind, name: str) -> int | None:
    """Add a room as the viewer of the connection, or return the same one; None where that is not for the viewer."""
    row = connection.execute(_SQL["add_room"], {"home": home_public_id, "kind": kind, "name": name}).fetchone()
    return row["room_id"] if row else None


def rename_room(connection: Connection, room_id: int, name: str) -> int | None:
    """Give a room another name as the viewer; None where that is not for the viewer."""
    row = connection.execute(_SQL["rename_room"], {"room_id": room_id, "name": name}).fetchone()
    return row["room_id"] if row else None


def give_consent(
    connection: Connection,
    person: UUID,
    purpose: str,
    basis: str,
    start: datetime,
    end: datetime | None,
    note: str,
    now: datetime,
) -> UUID | None:
    """Record a legal basis as the viewer; None where that is not for the viewer."""
    given = {"public_id": person, "purpose": purpose, "basis": basis, "start": start, "end": end, "note": note}
    found: UUID | None = _one(connection, "give_consent", given | {"now": now})
    return found


def withdraw_consent(connection: Connection, person: UUID, purpose: str, now: datetime) -> int | None:
    """Withdraw what holds of a purpose as the viewer; return how much that was, None where that is not for them."""
    ended: int | None = _one(connection, "withdraw_consent", {"public_id": person, "purpose": purpose, "now": now})
    return ended


def set_share(
    connection: Connection, person: UUID, contact: str, data: str, hours: Hours | None, now: datetime
) -> bool | None:
    """Share a kind of data in some hours as the viewer, or no more; tell whether that is new, None if not for them."""
    start, end = hours or (None, None)
    given = {"public_id": person, "contact": contact, "data": data, "from_minute": start, "to_minute": end, "now": now}
    changed: bool | None = _one(connection, "set_share", given)
    return changed


def begin_pause(connection: Connection, person: UUID, until: datetime | None, now: datetime) -> datetime | None:
    """Pause a home as the viewer; return since when, None where that is not for the viewer."""
    since: datetime | None = _one(connection, "begin_pause", {"public_id": person, "until": until, "now": now})
    return since


def end_pause(connection: Connection, person: UUID, now: datetime) -> datetime | None:
    """End the pause of a home as the viewer; return when it began, None where there is none for the viewer."""
    since: datetime | None = _one(connection, "end_pause", {"public_id": person, "now": now})
    return since


def make_invitation(
    connection: Connection,
    person: UUID,
    capacity: str,
    contact: str,
    digest: bytes,
    expires_at: datetime,
    now: datetime,
) -> UUID | None:
    """Invite somebody as the viewer; None where there is nobody for the viewer to invite."""
    given = {"public_id": person, "capacity": capacity, "contact": contact, "digest": digest}
    made: UUID | None = _one(connection, "make_invitation", given | {"expires_at": expires_at, "now": now})
    return made


def revoke_invitation(connection: Connection, invitation: UUID, now: datetime) -> bool:
    """Take an invitation back as the viewer; tell whether it could still be used."""
    return bool(_one(connection, "revoke_invitation", {"invitation": invitation, "now": now}))


def look_at_invitation(connection: Connection, digest: bytes, now: datetime) -> dict[str, Any] | None:
    """Return what whoever holds a code is told; None where it cannot be used."""
    return connection.execute(_SQL["look_at_invitation"], {"digest": digest, "now": now}).fetchone()


def accept_invitation(
    connection: Connection, digest: bytes, login: str, name: str, password_hash: str, language: str, now: datetime
) -> int | None:
    """Make the account of whoever was invited: its number, -1 where the login is taken, None if the code is over."""
    given = {"digest": digest, "login": login, "name": name, "hash": password_hash, "language": language, "now": now}
    made: int | None = _one(connection, "accept_invitation", given)
    return made


def join_by_invitation(connection: Connection, digest: bytes, now: datetime) -> int | None:
    """Let the viewer use a code; return the person to whom it leads, None where it cannot be used."""
    person_id: int | None = _one(connection, "join_by_invitation", {"digest": digest, "now": now})
    return person_id


def second_factor_of(connection: Connection, account_id: int) -> dict[str, Any] | None:
    """Return what is known of the second factor of an account, but its secret."""
    return connection.execute(_SQL["second_factor_of"], {"account_id": account_id}).fetchone()


def has_role(connection: Connection, account_id: int, roles: Collection[str]) -> bool:
    """Tell whether an account has one of some roles."""
    return bool(_one(connection, "has_role", {"account_id": account_id, "roles": list(roles)}))


def offer_second_factor(
    connection: Connection, account_id: int, secret: bytes, now: datetime, oldest: datetime
) -> bytes:
    """Keep a secret that is shown from now on, unless one is that was offered since `oldest`; return the one."""
    given = {"account_id": account_id, "secret": secret, "now": now, "oldest": oldest}
    return bytes(_one(connection, "offer_second_factor", given))


def offered_second_factor(connection: Connection, account_id: int, oldest: datetime) -> bytes | None:
    """Return the secret that is being shown, if it was offered since `oldest`."""
    secret: bytes | None = _one(connection, "offered_second_factor", {"account_id": account_id, "oldest": oldest})
    return secret


def set_second_factor(
    connection: Connection, account_id: int, secret: bytes, step: int, digests: Sequence[bytes], now: datetime
) -> bool:
    """Set a second factor and its recovery codes; tell whether its secret is still the one that is offered."""
    given = {"account_id": account_id, "secret": secret, "step": step, "digests": list(digests), "now": now}
    return bool(_one(connection, "set_second_factor", given))


def remove_second_factor(connection: Connection, account_id: int, now: datetime) -> bool:
    """Take a second factor away; tell whether there was one."""
    return bool(_one(connection, "remove_second_factor", {"account_id": account_id, "now": now}))


def make_recovery_codes(connection: Connection, account_id: int, digests: Sequence[bytes], now: datetime) -> None:
    """Put recovery codes in the place of those before."""
    given = {"account_id": account_id, "digests": list(digests), "now": now}
    connection.execute(_SQL["make_recovery_codes"], given)


def take_attempt(connection: Connection, account_id: int, now: datetime) -> tuple[float, bytes | None]:
    """Count an attempt; return the seconds to wait, and where there are none the secret to compare with."""
    row = connection.execute(_SQL["take_attempt"], {"account_id": account_id, "now": now}).fetchone()
    return (float(row["wait_s"] or 0.0), row["secret"]) if row else (0.0, None)


def accept_step(connection: Connection, account_id: int, step: int, now: datetime) -> bool:
    """Accept the code of a step; tell whether it was not accepted before."""
    return bool(_one(connection, "accept_step", {"account_id": account_id, "step": step, "now": now}))


def use_recovery_code(connection: Connection, account_id: int, digest: bytes, now: datetime) -> str | None:
    """Use a recovery code; return whose it was ("own" or "issued"), None if it is none."""
    whose: str | None = _one(connection, "use_recovery_code", {"account_id": account_id, "digest": digest, "now": now})
    return whose


def issue_recovery(connection: Connection, account: UUID, digest: bytes, expires_at: datetime, now: datetime) -> bool:
    """Hand out a recovery code as the viewer; tell whether that was for the viewer to do."""
    given = {"account": account, "digest": digest, "expires_at": expires_at, "now": now}
    return bool(_one(connection, "issue_recovery", given))


def hand_out_recovery(
    connection: Connection, login: str, by_name: str, digest: bytes, expires_at: datetime, now: datetime
) -> bool:
    """Hand out a recovery code by a name; tell whether there is such an account with a second factor."""
    given = {"login": login, "by_name": by_name, "digest": digest, "expires_at": expires_at, "now": now}
    return bool(_one(connection, "hand_out_recovery", given))


def administered_accounts(connection: Connection) -> Rows:
    """Return the accounts that the viewer administers."""
    return connection.execute(_SQL["administered_accounts"]).fetchall()


def own_account_events(connection: Connection, most: int) -> Rows:
    """Return what happened to the viewer's own account, the latest first."""
    return connection.execute(_SQL["own_account_events"], {"most": most}).fetchall()


def note_account_event(connection: Connection, account_id: int, kind: str, now: datetime) -> None:
    """Note what happened to an account."""
    connection.execute(_SQL["note_account_event"], {"account_id": account_id, "kind": kind, "now": now})


def own_password_hash(connection: Connection) -> str | None:
    """Return the password hash of the viewer's own account."""
    stored: str | None = _one(connection, "own_password_hash", {})
    return stored


def choose_language(connection: Connection, language: str) -> None:
    """Let the viewer be written to in a language."""
    connection.execute(_SQL["choose_language"], {"language": language})


def own_passkey_account(connection: Connection) -> dict[str, Any] | None:
    """Return what a device is told of the viewer when a passkey is added; None for a closed account."""
    return connection.execute(_SQL["own_passkey_account"]).fetchone()


def add_passkey(connection: Connection, credential: bytes, key: bytes, count: int, label: str, now: datetime) -> bool:
    """Add a passkey to the viewer's account; tell whether it was nobody's yet."""
    given = {"credential": credential, "key": key, "count": count, "label": label, "now": now}
    return bool(_one(connection, "add_passkey", given))


def own_passkeys(connection: Connection) -> Rows:
    """Return the passkeys of the viewer."""
    return connection.execute(_SQL["own_passkeys"]).fetchall()


def remove_passkey(connection: Connection, passkey: UUID, now: datetime) -> bool:
    """Take a passkey of the viewer's away; tell whether there was one."""
    return bool(_one(connection, "remove_passkey", {"passkey": passkey, "now": now}))


def passkey_for(connection: Connection, credential: bytes) -> dict[str, Any] | None:
    """Return whose passkey it is and how its signature is checked; nobody else uses it until the transaction ends."""
    return connection.execute(_SQL["passkey_for"], {"credential": credential}).fetchone()


def note_passkey_used(connection: Connection, credential: bytes, count: int, now: datetime) -> None:
    """Note that a passkey was used."""
    connection.execute(_SQL["note_passkey_used"], {"credential": credential, "count": count, "now": now})


def _one(connection: Connection, statement: str, given: dict[str, Any]) -> Any:
    """Return the one value of the one row of a statement."""
    row = connection.execute(_SQL[statement], given).fetchone()
    return next(iter(row.values())) if row else None


def keep_provider_request(
    connection: Connection, holder: bytes, state: bytes, provider: str, request: dict[str, Any], now: datetime,
    expires_at: datetime,
) -> None:  # fmt: skip
    """Keep what was begun through a provider in one browser, and forget those from which nobody came back."""
    connection.execute(_SQL["forget_expired_provider_requests"], {"now": now})
    given = {"holder": holder, "state": state, "provider": provider, "expires_at": expires_at, **request}
    connection.execute(_SQL["keep_provider_request"], given)


def take_provider_request(
    connection: Connection, holder: bytes, state: bytes, provider: str, now: datetime
) -> dict[str, Any] | None:
    """Return what was begun in one browser, once; None if it is not what it comes back with."""
    given = {"holder": holder, "state": state, "provider": provider, "now": now}
    return connection.execute(_SQL["take_provider_request"], given).fetchone()


def sign_in_by_identity(
    connection: Connection, digest: bytes, organisation: str, now: datetime
) -> dict[str, Any] | None:
    """Return whose identity it is; None if it is nobody's."""
    given = {"digest": digest, "organisation": organisation, "now": now}
    return connection.execute(_SQL["sign_in_by_identity"], given).fetchone()


def link_identity(connection: Connection, provider: str, digest: bytes, organisation: str, now: datetime) -> str:
    """Add an identity to the viewer's account; return what came of it."""
    given = {"provider": provider, "digest": digest, "organisation": organisation, "now": now}
    return str(_one(connection, "link_identity", given))


def own_identities(connection: Connection) -> Rows:
    """Return the identities of the viewer."""
    return connection.execute(_SQL["own_identities"]).fetchall()


def remove_identity(
    connection: Connection, identity: UUID, offered: Sequence[tuple[str, str]], now: datetime
) -> str | None:
    """Take an identity of the viewer's away; return what came of it, None if there is none."""
    given = {"identity": identity, "now": now, **_providers(offered)}
    found: str | None = _one(connection, "remove_identity", given)
    return found


def accept_invitation_by_identity(
    connection: Connection, code: bytes, provider: str, digest: bytes, organisation: str, login: str, name: str,
    language: str, now: datetime,
) -> int | None:  # fmt: skip
    """Use an invitation by an identity; return the account, None where the code cannot be used, -1 elsewhere."""
    given = {"code": code, "provider": provider, "digest": digest, "organisation": organisation, "login": login}
    found: int | None = _one(
        connection, "accept_invitation_by_identity", given | {"name": name, "language": language, "now": now}
    )
    return found


def set_by_provider_only(
    connection: Connection, account: UUID, offered: Sequence[tuple[str, str]], now: datetime, *, wanted: bool
) -> bool:
    """Set whether an account signs in through providers alone; tell whether that changed anything."""
    given = {"account": account, "wanted": wanted, "now": now, **_providers(offered)}
    return bool(_one(connection, "set_by_provider_only", given))


def _providers(offered: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Return keys of providers, and of which organisation each signs in accounts, as statements take them."""
    return {"offered": [key for key, _ in offered], "organisations": [organisation for _, organisation in offered]}
