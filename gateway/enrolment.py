"""Which gateways this process is, and how each signs in to the service's broker."""

from pathlib import Path

from core.credentials import SUFFIX, CredentialsError, from_toml
from core.log import logger
from core.mqtt import BrokerAddress, broker_of
from gateway.settings import GatewaySettings, keys

_MOST_BYTES = 65_536
_OTHERS = 0o077


def brokers(settings: GatewaySettings) -> dict[str, BrokerAddress]:
    """Return the broker's address for each gateway of this process, by gateway key.

    With `enrolment` each has credentials of its own: those that `gateways` names, or all that are there. Without, all
    use the one address of the settings. Raises `VicinoError` if a gateway has no credentials or they cannot be used.
    """
    if settings.enrolment is None:
        return dict.fromkeys(keys(settings.gateways), broker_of(settings))
    found = _read_all(settings.enrolment)
    wanted = keys(settings.gateways) if settings.gateways.strip() else list(found)
    if missing := [key for key in wanted if key not in found]:
        raise CredentialsError(
            f"There are no credentials of {', '.join(missing)} in {settings.enrolment}.",
            advice="enrol the gateway with `vicino gateway enrol`, and put its file there",
        )
    return {key: found[key] for key in wanted}


def _read_all(path: Path) -> dict[str, BrokerAddress]:
    try:
        files = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]
        read = [from_toml(_text(file), where=str(file)) for file in files]
    except OSError as error:
        raise CredentialsError(
            f"The gateway's credentials cannot be read from {path}: {error.strerror}.",
            advice="name the file that `vicino gateway enrol` wrote in VICINO_ENROLMENT",
        ) from error
    if not read:
        raise CredentialsError(
            f"There are no credentials in the folder {path}.", advice="enrol the gateway with `vicino gateway enrol`"
        )
    return {credentials.gateway: credentials.address for credentials in read}


def _text(file: Path) -> str:
    if file.stat().st_mode & _OTHERS:
        logger().warning("others can read the gateway's credentials: chmod 600", name=file.name)
    with file.open("rb") as opened:
        octets = opened.read(_MOST_BYTES)
    try:
        return octets.decode()
    except UnicodeDecodeError as error:
        raise CredentialsError(f"{file} is no text.", advice="put the file there again") from error
