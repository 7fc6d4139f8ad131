"""The broker's accounts and their rights, all made from the topic grammar."""

from typing import NamedTuple

from core import topics
from core.topics import HOME_ROOT, LANES, SERVICE_TRAFFIC, TRAFFIC, Party

CONTROL_ROOT = "$CONTROL/dynamic-security"


class Account(NamedTuple):
    """Who signs in to the broker. What is not named here is denied.

    All are topic filters: `shares` are read in a group with others (`$share`), `reads` otherwise. With a `client_id`
    the account can only be used under that name.
    """

    name: str
    publishes: tuple[str, ...]
    reads: tuple[str, ...]
    shares: tuple[str, ...] = ()
    client_id: str = ""

    @property
    def subscribes(self) -> tuple[str, ...]:
        """The widest filters to which the account may subscribe."""
        return (*self.reads, *(f"$share/+/{each}" for each in self.shares))

    @property
    def receives(self) -> tuple[str, ...]:
        """The filters of what may reach the account."""
        return tuple(dict.fromkeys((*self.reads, *self.shares)))


def gateway_account(key: str) -> Account:
    """Return the account of one gateway; raises `ValueError` if `key` is not a gateway key."""
    publishes = [topics.topic(key, leaf) for leaf, traffic in TRAFFIC.items() if traffic.publisher is Party.GATEWAY]
    reads = [topics.topic(key, leaf) for leaf, traffic in TRAFFIC.items() if Party.GATEWAY in traffic.readers]
    reads += [each for each, traffic in SERVICE_TRAFFIC.items() if Party.GATEWAY in traffic.readers]
    return Account(key, tuple(publishes), tuple(reads), client_id=topics.client_id(key))


def _service_account(party: Party) -> Account:
    publishes = [topics.subscription(leaf) for leaf, traffic in TRAFFIC.items() if traffic.publisher is party]
    publishes += [each for each, traffic in SERVICE_TRAFFIC.items() if traffic.publisher is party]
    reads = [topics.subscription(leaf) for leaf, traffic in TRAFFIC.items() if party in traffic.readers]
    reads += [each for each, traffic in SERVICE_TRAFFIC.items() if party in traffic.readers]
    shares = [each for each in map(topics.subscription, LANES) if each in reads]
    alone = [each for each in reads if each not in shares]
    return Account(f"_{party}", tuple(publishes), tuple(alone), tuple(shares))


# No gateway can be called like these: its key begins with a letter or a digit.
INGEST = _service_account(Party.INGEST)
DEVICES = _service_account(Party.DEVICES)
DASHBOARDS = _service_account(Party.DASHBOARDS)
# Where homes share the service's broker: bridges, and the side of gateways that listens to them.
HOMES = Account("_homes", (f"{HOME_ROOT}/#",), (f"{HOME_ROOT}/#",))
SIMULATOR = Account("_simulator", (f"{HOME_ROOT}/#",), (f"{HOME_ROOT}/#",))
# Who admits and expels accounts.
ADMINISTRATOR = Account("_administrator", (f"{CONTROL_ROOT}/#",), (f"{CONTROL_ROOT}/#",))
SERVICES = (INGEST, DEVICES, DASHBOARDS, HOMES, SIMULATOR, ADMINISTRATOR)
# For a broker that serves one program alone: a home's own, a measurement's, a test's.
OWNER = Account("_owner", ("#", "$CONTROL/#"), ("#", "$CONTROL/#"), ("#",))


def is_gateway(name: str) -> bool:
    """Tell whether an account of that name is a gateway's."""
    return topics.KEY.fullmatch(name) is not None
