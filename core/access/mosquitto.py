"""Access control as Mosquitto's dynamic-security plugin keeps it in its file and takes it as commands."""

import base64
from collections.abc import Iterable
from typing import Any, NamedTuple

from core.access.accounts import CONTROL_ROOT, Account
from core.access.passwords import Hashed

CONTROL = f"{CONTROL_ROOT}/v1"
RESPONSE = f"{CONTROL}/response"

Command = dict[str, Any]


class Login(NamedTuple):
    """An account and the hash of its password; without, nobody can sign in with it until it is given one."""

    account: Account
    password: Hashed | None


def document(logins: Iterable[Login]) -> dict[str, Any]:
    """Return what the plugin's file holds so that these may sign in and nobody else."""
    kept = list(logins)
    return {
        # What comes to a client is checked too: a subscription may be older than the rights.
        "defaultACLAccess": {
            "publishClientSend": False,
            "publishClientReceive": False,
            "subscribe": False,
            "unsubscribe": True,
        },
        "clients": [
            {
                "username": login.account.name,
                **_bound(login.account),
                "roles": [{"rolename": login.account.name}],
                **_hash(login.password),
            }
            for login in kept
        ],
        "groups": [],
        "roles": [{"rolename": login.account.name, "acls": _rights(login.account)} for login in kept],
    }


def admission(account: Account, password: str) -> list[Command]:
    """Return the commands by which `account` may sign in with `password` from now on, and with no other.

    Whoever is connected under the account is disconnected.
    """
    return [
        *expulsion(account.name),
        {"command": "createRole", "rolename": account.name, "acls": _rights(account)},
        {
            "command": "createClient",
            "username": account.name,
            "password": password,
            **_bound(account),
            "roles": [{"rolename": account.name}],
        },
    ]


def expulsion(name: str) -> list[Command]:
    """Return the commands that end the connection of the account `name` and let it sign in no more."""
    return [{"command": "deleteClient", "username": name}, {"command": "deleteRole", "rolename": name}]


def _hash(password: Hashed | None) -> dict[str, Any]:
    if password is None:
        return {}
    return {
        "password": base64.b64encode(password.digest).decode("ascii"),
        "salt": base64.b64encode(password.salt).decode("ascii"),
        "iterations": password.iterations,
    }


def _bound(account: Account) -> dict[str, str]:
    return {"clientid": account.client_id} if account.client_id else {}


def _rights(account: Account) -> list[dict[str, Any]]:
    return [
        {"acltype": kind, "topic": pattern, "priority": 0, "allow": True}
        for kind, patterns in (
            ("publishClientSend", account.publishes),
            ("publishClientReceive", account.receives),
            ("subscribePattern", account.subscribes),
        )
        for pattern in patterns
    ]
