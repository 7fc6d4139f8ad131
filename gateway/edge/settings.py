"""Settings of the edge agent as it is installed on a board: where its versions are, and who may renew it."""

from pathlib import Path

from pydantic import Field

from core.settings import Settings


class EdgeSettings(Settings):
    """Where versions of the agent lie, where new ones come from, and who has to have signed them."""

    edge_code: Path = Field(
        default=Path("/opt/vicino-gateway"), description="Folder with the installed versions of the edge agent."
    )
    edge_state: Path = Field(
        default=Path("/var/lib/vicino-gateway"), description="Folder that says which of them is to run."
    )
    edge_run: Path = Field(
        default=Path("/run/vicino-gateway"), description="Folder in which the agent says every few seconds how it is."
    )
    update_keys: str = Field(
        default="",
        description="Public keys, separated by commas, one of which has to have signed an update; none: no updates.",
    )
    update_folder: Path | None = Field(default=None, description="Folder in which `vicino-gateway update` looks first.")
    update_url: str | None = Field(
        default=None, description="HTTPS address of a folder where updates are offered; none: the gateway never asks."
    )

    trial_steady_s: float = Field(
        default=60.0,
        description="Seconds for which a new version has to be connected and heard until it is confirmed.",
        ge=0,
    )

    @property
    def trusted(self) -> tuple[str, ...]:
        """The public keys that are believed."""
        return tuple(key.strip() for key in self.update_keys.split(",") if key.strip())
