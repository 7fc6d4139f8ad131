"""What the ingest process needs to know about its surroundings."""

import os
import socket

from pydantic import Field, SecretStr

from core.settings import Settings
from core.topics import Leaf
from core.vocabulary import Retention
from ingest.flood import Allowance
from ingest.series import ROUTES
from ingest.validate import Limits

_DAY_MS = 86_400_000


def _own_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"


class IngestSettings(Settings):
    """Settings of ingest. Numbers bound what one process holds in memory and puts into one transaction."""

    database_url: SecretStr = Field(description="PostgreSQL: postgresql://user:password@host:port/database.")
    ingest_group: str = Field(
        default="ingest", description="Workers of one group share the messages.", pattern=r"^[^/+#\s]+$"
    )
    ingest_worker: str = Field(default_factory=_own_name, description="Name of this worker, unlike any other's.")
    ingest_writers: int = Field(default=3, description="Threads that store ordinary readings.", ge=1, le=16)
    ingest_queue_messages: int = Field(default=10_000, description="Messages held by each lane.", ge=10, le=65_535)
    ingest_queue_bytes: int = Field(default=33_554_432, description="Bytes held by each lane.", ge=1_048_576)
    ingest_batch_messages: int = Field(default=4_000, description="Messages in one transaction.", ge=1)
    ingest_batch_bytes: int = Field(default=524_288, description="Bytes of payload in one transaction.", ge=65_536)
    ingest_linger_s: float = Field(default=0.05, description="How long ordinary readings wait for company.", ge=0, le=5)
    ingest_message_bytes: int = Field(default=262_144, description="Larger messages are rejected.", ge=1_024)
    ingest_ahead_s: float = Field(default=300, description="How far ahead of the clock a reading may be.", ge=0)
    flood_gateway_per_minute: float = Field(
        default=3_000,
        description="Readings a gateway may send in the long run; the excess is put aside. 0: no limit.",
        ge=0,
    )
    flood_gateway_burst: int = Field(default=20_000, description="Readings a gateway may send at once.", ge=1)
    flood_device_per_minute: float = Field(
        default=600,
        description="Readings a device may send in the long run; the excess is put aside. 0: no limit.",
        ge=0,
    )
    flood_device_burst: int = Field(
        default=6_000, description="Readings a device may send at once; half of them whatever others send.", ge=2
    )
    flood_backfill_burst: int = Field(
        default=3_000_000,
        description="Readings kept during an outage that a gateway may send at once: more than its outbox holds.",
        ge=2,
    )
    ingest_upkeep_s: float = Field(
        default=15.0, description="Seconds between two looks for hours whose figures are due.", gt=0
    )
    retention_event_days: int = Field(
        default=1_095, description="Days that movements, doors, beds and alarms are kept; 0 for ever.", ge=0
    )
    retention_level_days: int = Field(
        default=400, description="Days that temperature, humidity, light and power are kept; 0 for ever.", ge=0
    )
    retention_vital_days: int = Field(default=3_650, description="Days that vital signs are kept; 0 for ever.", ge=0)
    retention_technical_days: int = Field(
        default=120, description="Days that batteries and radio quality are kept; 0 for ever.", ge=0
    )
    retention_rollup_days: int = Field(
        default=0, description="Days that hourly and daily figures are kept; 0 for ever.", ge=0
    )
    reject_days: int = Field(
        default=90, description="Days that what could not be stored is kept after it last came; 0 for ever.", ge=0
    )

    @property
    def retention_days(self) -> dict[Retention, int]:
        """How many days the readings of each class are kept and accepted; 0 is for ever."""
        return {each: getattr(self, f"retention_{each}_days") for each in Retention}


def allowances_of(settings: IngestSettings, leaf: Leaf) -> tuple[Allowance, Allowance] | None:
    """Return what a gateway and what a device may send by a lane; None where there is no limit, as to urgent ones."""
    if leaf is Leaf.URGENT or not (settings.flood_gateway_per_minute or settings.flood_device_per_minute):
        return None
    gateway, device = settings.flood_gateway_burst, settings.flood_device_burst
    if leaf is Leaf.BACKFILL:
        gateway = device = settings.flood_backfill_burst
    return Allowance(settings.flood_gateway_per_minute, gateway), Allowance(settings.flood_device_per_minute, device)


def limits_of(settings: IngestSettings) -> Limits:
    """Return what is accepted of what comes."""
    days = settings.retention_days
    return Limits(
        settings.ingest_message_bytes,
        round(settings.ingest_ahead_s * 1000),
        tuple(days[each] * _DAY_MS for each in ROUTES),
    )
