"""Passkeys (WebAuthn): signing in by a device that knows its owner by finger, face or PIN, without password and code.

It signs for one site only, so that no other page can pass on what it is given.
"""

import json
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from core.database import View
from registry import repository
from registry.repository import Connection
from registry.site import Site

NAME = "Vicino"
MOST_ANSWER = 20_000  # characters; what devices say takes a few hundred, with an attestation some thousand
MOST_LABEL = 60
MOST_ID_BYTES = 1_023  # WebAuthn, 4: of a credential
# What a made-up answer may make the library raise, besides its own.
_UNREADABLE = (WebAuthnException, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)


class Asked(NamedTuple):
    """What a device is asked: the bytes that it has to sign, and all of it as JSON for the browser."""

    challenge: bytes
    options: str


class Passkey(NamedTuple):
    """A passkey as its owner sees it."""

    public_id: UUID
    label: str
    added_at: datetime
    used_at: datetime | None


class Owner(NamedTuple):
    """Whose passkey it was."""

    account_id: int
    language: str


def ask_to_add(view: View, site: Site) -> Asked:
    """Return what a device is asked to add a passkey for the viewer. Raises `LookupError` for a closed account."""
    account = repository.own_passkey_account(view.connection)
    if account is None:
        raise LookupError("The account is closed.")
    made = webauthn.generate_registration_options(
        rp_id=site.domain,
        rp_name=NAME,
        user_id=account["public_id"].bytes,
        user_name=account["login"],
        user_display_name=account["name"],
        authenticator_selection=AuthenticatorSelectionCriteria(
            # It is found without a user name, and asks who holds it: two factors in one.
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes(one)) for one in account["credentials"]],
    )
    return Asked(made.challenge, webauthn.options_to_json(made))


def add(view: View, site: Site, challenge: bytes, answer: str, label: str, now: datetime) -> bool:
    """Add the passkey that a device has made for `challenge`; tell whether it was one, and nobody's yet."""
    try:
        found = webauthn.verify_registration_response(
            credential=answer[:MOST_ANSWER],
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _UNREADABLE:
        return False
    if not 0 < len(found.credential_id) <= MOST_ID_BYTES:
        return False
    key, count = found.credential_public_key, found.sign_count
    return repository.add_passkey(view.connection, found.credential_id, key, count, label[:MOST_LABEL] or NAME, now)


def own(view: View) -> list[Passkey]:
    """Return the passkeys of the viewer."""
    return [Passkey(**row) for row in repository.own_passkeys(view.connection)]


def remove(view: View, passkey: UUID, now: datetime) -> bool:
    """Take a passkey of the viewer's away; tell whether there was one."""
    return repository.remove_passkey(view.connection, passkey, now)


def ask_who(site: Site) -> Asked:
    """Return what a device is asked to say who holds it."""
    made = webauthn.generate_authentication_options(
        rp_id=site.domain, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Asked(made.challenge, webauthn.options_to_json(made))


def owner(connection: Connection, site: Site, challenge: bytes, answer: str, now: datetime) -> Owner | None:
    """Return who signs in with the answer of a device to `challenge`; None if it is not right.

    A passkey that counts less than it did before was copied, and is not accepted.
    """
    try:
        said = json.loads(answer[:MOST_ANSWER])
        credential = webauthn.base64url_to_bytes(said["id"])
        known = repository.passkey_for(connection, credential)
        if known is None or not _is_of(said, known["account"]):
            return None
        found = webauthn.verify_authentication_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=bytes(known["public_key"]),
            credential_current_sign_count=known["sign_count"],
            require_user_verification=True,
        )
    except _UNREADABLE:
        return None
    repository.note_passkey_used(connection, credential, found.new_sign_count, now)
    return Owner(known["account_id"], known["language"])


def _is_of(said: dict[str, Any], account: UUID) -> bool:
    """Tell whether an answer is of an account, by what the device keeps of it (WebAuthn, 7.2, step 6)."""
    handle = said["response"].get("userHandle")
    return bool(handle) and bool(webauthn.base64url_to_bytes(handle) == account.bytes)
