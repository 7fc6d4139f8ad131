"""The accounts that an administrator sees, in words."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from dashboards.administration.views import role_name
from dashboards.wording import Words
from registry.second_factor import Administered


class AccountView(NamedTuple):
    """An account; `may_recover`: a way back in can be handed out for it."""

    public_id: UUID
    name: str
    login: str
    roles: str
    active: bool
    second_factor: bool
    may_recover: bool


def account_views(found: Sequence[Administered], own: int, words: Words) -> list[AccountView]:
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
        )
        for one in found
    ]
