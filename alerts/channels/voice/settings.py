"""Settings of telephone calls."""

from typing import Literal

from pydantic import Field, SecretStr

from alerts.channels.telephone import GatewaySettings
from core.settings import Settings


class VoiceSettings(Settings):
    """The service that calls and speaks; without its address nobody is telephoned."""

    voice_http_url: str = Field(
        "", description="Address of the service for telephone calls; without it there are none."
    )
    voice_http_method: Literal["POST", "PUT"] = Field("POST", description="How the service is asked.")
    voice_http_template: str = Field(
        '{"to": "{to}", "text": "{text}", "language": "{language}", "callback": "{callback}"}',
        description="What it is told: a JSON object; {to}, {text}, {language}, {id}, {callback} in it are filled in.",
    )
    voice_http_form: Literal["json", "form"] = Field("json", description="Sent as JSON, or as a form.")
    voice_http_authorisation: SecretStr | None = Field(
        None, description="Its header Authorization as a whole, as `Bearer ...`; better in a secret file."
    )
    voice_http_headers: SecretStr = Field(
        SecretStr(""), description="Other headers, as a JSON object; better in a secret file."
    )
    voice_http_accepted: str = Field(
        "", description="Where in its JSON answer stands that it has accepted, and the values that say so."
    )
    voice_http_id: str = Field("", description="Where in its JSON answer stands what it calls the call.")
    voice_timeout_s: float = Field(8.0, description="Longest wait for the service.", gt=0, le=60)

    def voice_gateway(self) -> GatewaySettings:
        """Return how the gateway for telephone calls is set up."""
        return GatewaySettings(
            url=self.voice_http_url,
            method=self.voice_http_method,
            template=self.voice_http_template,
            form=self.voice_http_form,
            authorisation=self.voice_http_authorisation,
            headers=self.voice_http_headers,
            accepted=self.voice_http_accepted,
            id_place=self.voice_http_id,
            timeout_s=self.voice_timeout_s,
        )
