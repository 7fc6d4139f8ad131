"""Settings of the simulator process."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field

from core.settings import Settings
from simulator.home import BASE_TOPIC


def _known_zone(name: str) -> str:
    ZoneInfo(name)
    return name


class SimulatorSettings(Settings):
    """What the simulator needs to know. `broker_url` is the broker of the homes, not that of the service."""

    simulator_homes: int = Field(default=12, description="How many homes are simulated.", ge=1, le=99)
    simulator_seed: int = Field(default=1, description="The same seed gives the same homes, persons and days.")
    simulator_zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        default="Europe/Rome", description="IANA time zone of the homes."
    )
    simulator_base_topic: str = Field(
        default=BASE_TOPIC,
        description="Where a home's Zigbee bridge publishes; {gateway} stands for the gateway's key.",
    )
    simulator_ble_homes: int = Field(
        default=0, description="How many of the homes, the first ones, also have Bluetooth devices.", ge=0
    )
    simulator_lorawan_homes: int = Field(
        default=0, description="How many of the homes, the last ones, have LoRaWAN sensors.", ge=0
    )
    simulator_story: bool = Field(default=False, description="Whether the demonstration's story happens.")
    simulator_start: AwareDatetime | None = Field(
        default=None, description="When the story starts; the moment the process starts if absent."
    )
    simulator_speed: float = Field(
        default=1.0, description="How many simulated seconds pass in a second.", gt=0, le=86_400
    )

    def start(self, now: datetime) -> datetime:
        """Return when the story starts."""
        return self.simulator_start or now
