"""Access control as EMQX wants it: rules for its file `acl.conf`, and accounts for its built-in database."""

from collections.abc import Iterable
from typing import Any

import msgspec

from core.access.accounts import SERVICES, Account, gateway_account
from core.access.mosquitto import Login

# EMQX puts the name of who asks in its place.
_ANYBODY = "${username}"
_STAND_IN = "gateway"


def rules(services: Iterable[Account] = SERVICES) -> str:
    """Return the rules for services and for all gateways, the last of which denies what no other allows."""
    lines = ["%% Gateways: each its own topics only, and only under its own client id."]
    lines += _lines("all", _for_anybody(gateway_account(_STAND_IN)))
    for account in services:
        lines.append(f"%% {account.name}")
        lines += _lines(f'{{username, "{account.name}"}}', account)
    return "\n".join([*lines, "{deny, all}.", ""])


def accounts(logins: Iterable[Login]) -> str:
    """Return accounts as EMQX's built-in database takes them at its start (JSON, passwords as hashes).

    Its authenticator must hash with PBKDF2, SHA-512, 101 iterations, 64 bytes.
    """
    found: list[dict[str, Any]] = [
        {
            "user_id": login.account.name,
            "password_hash": login.password.digest.hex(),
            "salt": login.password.salt.decode("ascii"),
            "is_superuser": False,
        }
        for login in logins
        if login.password is not None
    ]
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"


def _for_anybody(account: Account) -> Account:
    def filled(patterns: Iterable[str]) -> tuple[str, ...]:
        return tuple(pattern.replace(f"/{_STAND_IN}/", f"/{_ANYBODY}/") for pattern in patterns)

    return account._replace(publishes=filled(account.publishes), reads=filled(account.reads))


def _lines(who: str, account: Account) -> list[str]:
    return [
        f"{{allow, {who}, {action}, [{', '.join(_term(pattern) for pattern in patterns)}]}}."
        for action, patterns in (("publish", account.publishes), ("subscribe", account.receives))
        if patterns
    ]


def _term(pattern: str) -> str:
    # A filter of a rule covers those that it matches; named literally, a gateway's is exactly that one.
    return f'"{pattern}"'
