"""Whether identity providers can be used: their file, our secrets, and what they answer."""

from collections.abc import Iterator
from pathlib import Path

from cli.doctor.finding import Finding, NotKnownError, error, warning
from cli.doctor.surroundings import PREFIX, Surroundings
from core.errors import VicinoError
from dashboards.providers.offered import offered
from dashboards.providers.refusals import ProviderError
from dashboards.settings import DashboardSettings

FILE, KEY = "VICINO_IDENTITY_PROVIDERS", "VICINO_IDENTITY_KEY"


def identity_providers(found: Surroundings) -> Iterator[Finding]:
    """Tell which providers do not work. Raises `NotKnownError` where the file or the key is not at hand."""
    settings = found.settings("dashboards")
    file = settings.get(FILE)
    if not file:
        return
    if found.is_served and (not Path(file).is_file() or not found.knows(KEY)):
        raise NotKnownError  # a container has them
    own = {FILE: file, KEY: settings.get(KEY, ""), PREFIX + "DATABASE_URL": "postgresql:"}
    given = {name.removeprefix(PREFIX).lower(): value for name, value in own.items()}
    try:
        known = offered(DashboardSettings.model_validate(given), found.clock)
    except VicinoError as problem:
        yield error(
            " ".join(str(problem).split()),
            "until then the pages do not start anew (docs/reference/identity-providers.md)",
        )
        return
    for provider in known:
        remote = known.remote(provider.key)
        try:
            if remote is not None and not remote.keys(None):
                yield error(
                    f"The identity provider {provider.key} has no key that we can use.", "let it sign by RS256 or ES256"
                )
        except ProviderError as problem:
            yield warning(
                f"The identity provider {provider.key} cannot be used ({problem}).",
                "see its address and whether it runs; people sign in by password meanwhile",
            )
