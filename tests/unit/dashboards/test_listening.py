import asyncio
import socket

from dashboards.__main__ import listen


def test_no_part_of_an_answer_waits_for_the_one_before_it_to_be_acknowledged() -> None:
    assert asyncio.run(_is_sent_at_once())


async def _is_sent_at_once() -> bool:
    """Return whether a connection to the socket of the pages, as the loop serves it, sends what it has at once."""
    accepted: asyncio.Queue[bool] = asyncio.Queue()

    async def look(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served = writer.get_extra_info("socket")
        await accepted.put(bool(served.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        writer.close()
        await writer.wait_closed()

    with listen("127.0.0.1", 0) as listening:
        async with await asyncio.start_server(look, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname())
            found = await accepted.get()
            writer.close()
            await writer.wait_closed()
    return found
