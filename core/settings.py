"""Settings from the environment: every name begins with `VICINO_`; secrets may come from files.

`VICINO_SECRETS_DIR` names a folder in which a file `vicino_database_url` (and so on) holds the value; what the
environment says goes before.
"""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a process needs to know about its surroundings."""

    model_config = SettingsConfigDict(
        env_prefix="VICINO_", secrets_dir=os.environ.get("VICINO_SECRETS_DIR"), extra="ignore"
    )

    @model_validator(mode="before")
    @classmethod
    def _leave_out_empty_secrets(cls, given: Any) -> Any:
        """Take an empty secret for none: a container engine wants a file for each, also for one that is not used."""
        if not isinstance(given, dict):
            return given
        may_lack = {name for name, field in cls.model_fields.items() if field.annotation == (SecretStr | None)}
        return {name: value for name, value in given.items() if value != "" or name not in may_lack}

    # Not called data_dir: VICINO_DATA_DIR names the recorded data that tests use.
    data: Path = Field(default=Path("data"), description="Folder of this installation: outboxes, run file, logs.")
    log_format: Literal["console", "json"] = Field(default="console", description="Log lines as text or as JSON.")
    broker_url: SecretStr = Field(
        default=SecretStr("mqtt://127.0.0.1:1883"),
        description="MQTT 5 broker: mqtt:// or mqtts://[user:password@]host:port.",
    )
    broker_ca: Path | None = Field(
        default=None,
        description="File with the certificate (PEM) of the authority that speaks for the broker; "
        "those of the system if not given.",
    )
    keepalive_s: int = Field(default=30, description="MQTT keep-alive in seconds.", ge=1, le=600)
    metrics_port: int = Field(
        default=0,
        description="Port on which this process tells Prometheus its figures; 0: none.",
        ge=0,
        le=65_535,
    )
    metrics_host: str = Field(default="127.0.0.1", description="Network address of that port.")
