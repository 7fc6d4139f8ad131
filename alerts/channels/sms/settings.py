"""Settings of text messages."""

from typing import Literal

from pydantic import Field, SecretStr

from alerts.channels.telephone import GatewaySettings
from core.settings import Settings


class SmsSettings(Settings):
    """The HTTP gateway for text messages; without its address there are none."""

    sms_http_url: str = Field(
        "", description="Address of the HTTP gateway for text messages; without it there are none."
    )
    sms_http_method: Literal["POST", "PUT"] = Field("POST", description="How the gateway is asked.")
    sms_http_template: str = Field(
        '{"to": "{to}", "text": "{text}"}',
        description="What it is told: a JSON object; {to}, {text}, {language}, {id}, {callback} in it are filled in.",
    )
    sms_http_form: Literal["json", "form"] = Field("json", description="Sent as JSON, or as a form.")
    sms_http_authorisation: SecretStr | None = Field(
        None, description="Its header Authorization as a whole, as `Bearer ...`; better in a secret file."
    )
    sms_http_headers: SecretStr = Field(
        SecretStr(""), description="Other headers, as a JSON object; better in a secret file."
    )
    sms_http_accepted: str = Field(
        "",
        description="Where in its JSON answer stands that it has accepted, and the values that say so: "
        "`messages.0.status=0` or `status=OK;queued`. Without it the status 2xx is enough.",
    )
    sms_http_id: str = Field(
        "", description="Where in its JSON answer stands what it calls the message: `messages.0.id`."
    )
    sms_timeout_s: float = Field(8.0, description="Longest wait for the gateway.", gt=0, le=60)

    def sms_gateway(self) -> GatewaySettings:
        """Return how the gateway for text messages is set up."""
        return GatewaySettings(
            url=self.sms_http_url,
            method=self.sms_http_method,
            template=self.sms_http_template,
            form=self.sms_http_form,
            authorisation=self.sms_http_authorisation,
            headers=self.sms_http_headers,
            accepted=self.sms_http_accepted,
            id_place=self.sms_http_id,
            timeout_s=self.sms_timeout_s,
        )
