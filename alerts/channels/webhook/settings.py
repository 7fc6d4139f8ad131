"""Settings of webhooks."""

from pydantic import Field, SecretStr

from core.settings import Settings


class WebhookSettings(Settings):
    """What signs webhooks; their addresses are those of the people and systems that are told."""

    webhook_secret: SecretStr | None = Field(
        None,
        description="Secret that signs webhooks: at least 24 characters, or whsec_ and base 64; better in a secret "
        "file. Without it there are none.",
    )
    webhook_timeout_s: float = Field(8.0, description="Longest wait for whoever receives a webhook.", gt=0, le=60)
