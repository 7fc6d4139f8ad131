import socket
from pathlib import Path

from embedded.ports import FIRST, LOOPBACK, accepts, free_port, is_free


def test_the_preferred_port_is_taken_if_it_is_free():
    port = free_port()
    assert free_port(port) == port


def test_a_port_in_use_is_not_given():
    with socket.create_server((LOOPBACK, 0)) as server:
        taken = server.getsockname()[1]
        assert not is_free(taken)
        assert accepts(taken)
        assert free_port(taken) != taken


def test_given_ports_are_not_among_those_of_outgoing_connections():
    first_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    assert all(FIRST <= free_port() < first_ephemeral for _ in range(20))


def test_nobody_accepts_on_a_free_port():
    assert not accepts(free_port())
