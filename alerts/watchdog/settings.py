"""Settings of the watchdog."""

from pathlib import Path

from pydantic import Field, SecretStr

from core.settings import Settings


class WatchdogSettings(Settings):
    """What the watchdog needs to know about its surroundings."""

    database_url: SecretStr = Field(description="PostgreSQL of the service: postgresql://user:password@host:port/name.")
    deadman_url: SecretStr | None = Field(
        None,
        description="Address that is asked for every minute as long as a call for help would reach somebody (as "
        "https://hc-ping.com/...); whoever is behind it raises the alarm where it is not. None: nobody is told.",
    )
    deadman_fail_url: SecretStr | None = Field(
        None,
        description="Address that is told every minute what is wrong, as long as it is (for healthchecks: .../fail).",
    )
    deadman_start_url: SecretStr | None = Field(
        None, description="Address that is told when the watchdog starts (for healthchecks: .../start)."
    )
    deadman_every_s: float = Field(60.0, description="Seconds from one such request to the next.", gt=0, le=3600)
    deadman_timeout_s: float = Field(10.0, description="Longest wait in seconds for the answer to one.", gt=0, le=60)
    watchdog_worked_s: float = Field(
        60.0, description="Alerts that were not worked on for so many seconds count as not worked on.", gt=0
    )
    watchdog_overdue_s: float = Field(
        120.0, description="A message about a call for help that is late by so many seconds is overdue.", gt=0
    )
    canary_credentials: Path | None = Field(
        None,
        description="Credentials of the canary's gateway, as `vicino canary register` writes them. Without them and "
        "without a canary gateway no test calls are made.",
    )
    canary_gateway: str = Field(
        "", description="Key of the canary's gateway, where the broker asks for no credentials of gateways."
    )
    canary_every_s: float = Field(300.0, description="Seconds from one test call to the next.", gt=0)
    canary_within_s: float = Field(30.0, description="A test call that takes longer than this is missed.", gt=0)
