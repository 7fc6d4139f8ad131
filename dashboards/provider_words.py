"""What people are told of identity providers: why a sign-in came to nothing, and which identities an account has."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from core.translation import mark
from dashboards.providers.document import Provider
from dashboards.providers.offered import Offered
from dashboards.providers.refusals import Refusal
from dashboards.watch import ROME
from dashboards.wording import Words
from registry.identities import Identity

SAID: Mapping[Refusal, str] = {
    Refusal.CANCELLED: mark(
        "You stopped signing in through %(provider)s. Nothing was changed: try again, or use your password."
    ),
    Refusal.REFUSED: mark(
        "%(provider)s did not let you in, and does not say why. Try again; if it stays, ask whoever runs %(provider)s."
    ),
    Refusal.UNREACHABLE: mark(
        "%(provider)s does not answer at the moment. Try again in a few minutes, or use your password if you have one."
    ),
    Refusal.BUSY: mark(
        "Many are waiting for %(provider)s at the moment. Try again in a minute, or use your password if you have one."
    ),
    Refusal.NONSENSE: mark(
        "The answer of %(provider)s cannot be trusted, so nobody was signed in. Tell whoever runs Vicino; use your "
        "password meanwhile if you have one."
    ),
    Refusal.CLOCK: mark(
        "The answer of %(provider)s is too old, or its clock and ours differ. Try again; if it stays, tell whoever "
        "runs Vicino to check the clocks."
    ),
    Refusal.LEVEL: mark(
        "You signed in through %(provider)s at too low a level of security. Try again and choose a higher one (with "
        "SPID level 2, for instance, which asks for a code, too)."
    ),
    Refusal.OVER: mark(
        "This sign-in through %(provider)s was begun too long ago or in another window. Begin again here."
    ),
    Refusal.UNKNOWN: mark(
        "%(provider)s knows you, but no account here does. If you have an account, sign in with your password and "
        "connect the two on the page Your account. If you have none, ask whoever invited you for an invitation."
    ),
    Refusal.ELSEWHERE: mark(
        "This account cannot be used through %(provider)s, because it belongs to another organisation, too. Use "
        "another way to sign in."
    ),
    Refusal.TAKEN: mark(
        "Nothing was changed: who has signed in through %(provider)s is connected to another account here. It has to "
        "be disconnected there first."
    ),
    Refusal.ANOTHER: mark(
        "Nothing was changed: your account is connected to somebody else at %(provider)s. Disconnect that first."
    ),
    Refusal.INVITATION: mark("This code cannot be used: it was used already, it has expired, or it was taken back."),
}


class Choice(NamedTuple):
    """A provider as a page offers it."""

    key: str
    name: str


class IdentityView(NamedTuple):
    """An identity in words; `used` is "" where it was not yet."""

    public_id: UUID
    name: str
    linked: str
    used: str


def choices(providers: Offered, language: str) -> list[Choice]:
    """Return the providers as a page offers them."""
    return [Choice(one.key, one.is_called(language)) for one in providers]


def why(provider: Provider, refusal: Refusal, words: Words) -> str:
    """Return why a sign-in through a provider came to nothing, and what to do."""
    return words.say(SAID[refusal]) % {"provider": provider.is_called(words.language)}


def said(providers: Offered, key: str, refusal: str, words: Words) -> str:
    """Return the same by what an address names; "" where it names nothing that there is."""
    remote = providers.remote(key)
    if remote is None or refusal not in set(Refusal):
        return ""
    return why(remote.provider, Refusal(refusal), words)


def identity_views(found: Sequence[Identity], providers: Offered, now: datetime, words: Words) -> list[IdentityView]:
    """Return identities in words."""
    return [
        IdentityView(
            one.public_id,
            provider_name(providers, one.provider, words.language),
            words.moment(one.linked_at, ROME, now),
            "" if one.used_at is None else words.ago(one.used_at, now),
        )
        for one in found
    ]


def provider_name(providers: Offered, key: str, language: str) -> str:
    """Return what a provider is called; its key where it is offered no more."""
    remote = providers.remote(key)
    return key if remote is None else remote.provider.is_called(language)
