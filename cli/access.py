"""Who may sign in at an installation's broker: by one path for real gateways and for simulated ones."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cli.installation import Installation, given
from core.access.accounts import ADMINISTRATOR
from core.clock import Clock
from core.credentials import Credentials
from core.database import Database
from core.mqtt import BrokerAddress, trusting
from devices import enrolment
from devices.dynamic_security import DynamicSecurity
from devices.forgetting import forget
from embedded.privatefile import private_folder, write_private

ADMINISTRATOR_URL = "VICINO_BROKER_ADMIN_URL"
FOLDER = "gateways"


def broker_address(url: str) -> BrokerAddress:
    """Return where a broker is, with the authority that VICINO_BROKER_CA names; raises `VicinoError` for none."""
    ca = os.environ.get("VICINO_BROKER_CA")
    return trusting(BrokerAddress.parse(url), Path(ca) if ca else None)


@contextmanager
def accounts(installation: Installation) -> Iterator[DynamicSecurity | None]:
    """Give the broker's administration; None where the broker has none that we know.

    Raises `VicinoError` if there is one and it does not answer.
    """
    address = _administrator(installation)
    if address is None:
        yield None
        return
    with DynamicSecurity(address) as control:
        yield control


def forget_gateways(installation: Installation, keys: Sequence[str]) -> bool:
    """Remove what the broker retains of gateways that are registered no more; nobody can connect as one of them then.

    False where it is none that we administer. Raises `VicinoError` if the broker does not do so.
    """
    address = _administrator(installation)
    if address is None:
        return False
    with DynamicSecurity(address) as control:
        control.expel(keys)
        forget(address, control, keys)
    return True


def _administrator(installation: Installation) -> BrokerAddress | None:
    url = given(ADMINISTRATOR_URL) or installation.broker_secret(ADMINISTRATOR.name)
    return None if url is None else broker_address(url)


def enrolled(installation: Installation, database: Database, keys: Sequence[str], clock: Clock) -> list[Credentials]:
    """Give gateways of this machine new credentials and return them. Raises `VicinoError` where that fails."""
    with accounts(installation) as control:
        made = enrolment.enrol(database, control, keys, clock.now())
    return [Credentials(key, installation.bare_broker_url, made[key].password) for key in keys]


def signing_in(
    installation: Installation, database: Database, keys: Sequence[str], clock: Clock
) -> Callable[[str], BrokerAddress]:
    """Enrol gateways that live as long as this process; return how each of them signs in.

    At a broker whose accounts we do not manage they sign in as the installation's settings say.
    """
    if not installation.manages_accounts:
        address = broker_address(installation.broker_url)
        return lambda _: address
    addresses = {each.gateway: each.address for each in enrolled(installation, database, keys, clock)}
    return addresses.__getitem__


def write_credentials(folder: Path, made: Sequence[Credentials]) -> Path:
    """Put credentials into a folder, one file a gateway that only its owner may read; return the folder."""
    private_folder(folder)
    for each in made:
        write_private(folder / each.file_name, each.to_toml())
    return folder
