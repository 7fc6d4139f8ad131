"""The providers that an installation offers, ready to be asked."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from core.clock import Clock
from core.errors import VicinoError
from dashboards.providers.document import Provider, load
from dashboards.providers.remote import Remote
from dashboards.settings import DashboardSettings
from registry.identities import At

KEY_CHARACTERS = 32
Note = Callable[[str, str], None]


class Offered:
    """The providers by key, in their order; `key` makes the digests of identities.

    `note` is told the key of a provider and what came of a sign-in through it.
    """

    def __init__(self, remotes: Mapping[str, Remote], key: bytes, note: Note) -> None:
        self._remotes = remotes
        self.key = key
        self.note = note

    def __iter__(self) -> Iterator[Provider]:
        """Go through the providers."""
        return (remote.provider for remote in self._remotes.values())

    def remote(self, key: str) -> Remote | None:
        """Return a provider by its key; None if there is none."""
        return self._remotes.get(key)

    @property
    def places(self) -> list[At]:
        """What identities are held against: each provider's key, and whose accounts it may sign in."""
        return [At(provider.key, provider.organisation) for provider in self]

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins to which forms may lead."""
        return tuple(dict.fromkeys(origin for provider in self for origin in provider.origins))


def offered(settings: DashboardSettings, clock: Clock, note: Note = lambda _key, _what: None) -> Offered:
    """Return the providers of the settings. Raises `VicinoError` where they cannot be used as they are."""
    if settings.identity_providers is None:
        return Offered({}, b"", note)
    found = load(settings.identity_providers)
    for one in found.providers:
        if not Path(one.client_secret_file).is_file():
            raise VicinoError(
                f"The secret of the identity provider {one.key!r} is not there: {one.client_secret_file}.",
                advice="put it into that file, or correct 'client_secret_file'",
            )
    key = settings.identity_key.get_secret_value() if settings.identity_key else ""
    if found.providers and len(key) < KEY_CHARACTERS:
        raise VicinoError(
            f"There are identity providers, but no VICINO_IDENTITY_KEY of {KEY_CHARACTERS} characters.",
            advice="put random characters into the secret vicino_identity_key, and keep them: with another key "
            "nobody's identity is known any more",
        )
    return Offered({one.key: Remote(one, clock) for one in found.providers}, key.encode(), note)
