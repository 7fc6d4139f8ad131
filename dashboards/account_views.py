"""The accounts that an administrator sees, in words."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from dashboards.administration.views import role_name
from dashboards.provider_words import provider_name
from dashboards.providers.offered import Offered
from dashboards.wording import Words
from registry.second_factor import Administered


class AccountView(NamedTuple):
    """An account; `may_recover`: a way back in can be handed out for it.

    `providers`: those to which it is connected; `may_be_bound`: signing in can be limited to them, or allowed by
    the password again.
    """

    public_id: UUID
    name: str
    login: str
    roles: str
    active: bool
    second_factor: bool
    may_recover: bool
    providers: str
    by_provider_only: bool
    may_be_bound: bool


def account_views(found: Sequence[Administered], own: int, providers: Offered, words: Words) -> list[AccountView]:
    """Return accounts in words; nobody hands out something to themselves (`own`)."""
    return [
        AccountView(
            one.public_id,
            one.name,
            one.login,
            ", ".join(role_name(role, {}, words) for role in one.roles),
            one.active,
            one.second_factor,
            one.second_factor and one.active and one.account_id != own,
            ", ".join(provider_name(providers, key, words.language) for key in one.providers),
            one.by_provider_only,
            one.active and one.account_id != own and (one.by_provider_only or _are_offered(one.providers, providers)),
        )
        for one in found
    ]


def _are_offered(keys: Sequence[str], providers: Offered) -> bool:
    """Tell whether one of these is offered still."""
    return any(providers.remote(key) is not None for key in keys)
