"""A real server that speaks the bot API: what is sent, what its refusals mean, and how a chat is paired."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from alerts.channels.telegram.api import Bot
from alerts.channels.telegram.transport import TelegramTransport
from alerts.channels.telegram.updates import CHANNEL, LEASE, Updates
from alerts.channels.transport import Outgoing, TransportError
from alerts.lifecycle import Family
from alerts.reach import repository
from alerts.reach.codes import code_digest
from alerts.replies.links import Links
from core.database import Database
from tests.integration.alerts.answering import RESET, SLOW, Answering, Received, Reply, answering

TOKEN = "123456:not-a-real-token"
CHAT = 424242
OUTGOING = Outgoing(
    public_id=UUID(int=1),
    alert_public_id=UUID(int=2),
    address=str(CHAT),
    language="it",
    family=Family.SAFETY,
    kind="sos_button",
    municipality="Bobbio",
    opened_at=datetime(2026, 3, 3, 13, 2, tzinfo=UTC),
    step=0,
)
NEVER = threading.Event()


def said(result: object) -> Reply:
    return Reply(200, {"Content-Type": "application/json"}, json.dumps({"ok": True, "result": result}).encode())


def refusal(code: int, description: str, **parameters: int) -> Reply:
    answer = {"ok": False, "error_code": code, "description": description}
    if parameters:
        answer["parameters"] = parameters
    return Reply(code, {"Content-Type": "application/json"}, json.dumps(answer).encode())


class Telegram:
    """The server: updates wait in it until they are confirmed by a later offset, as Telegram keeps them."""

    def __init__(self, server: Answering) -> None:
        self.server = server
        self.updates: list[dict] = []
        self.next_id = 1000
        server.decide = self.decide

    def decide(self, received: Received) -> Reply | None:
        method = received.path.rpartition("/")[2]
        if not received.path.startswith(f"/bot{TOKEN}/"):
            return refusal(401, "Unauthorized")
        if method == "getMe":
            return said({"id": 1, "is_bot": True, "first_name": "Vicino", "username": "vicino_test_bot"})
        if method == "getUpdates":
            self.updates = [each for each in self.updates if each["update_id"] >= received.json["offset"]]
            return said(self.updates)
        if method == "sendMessage" and not self.server.replies and self.server.reply.status == 201:
            return said({"message_id": 77, "chat": {"id": received.json["chat_id"]}})
        return None

    def write(self, text: str, chat: int = CHAT, kind: str = "private", language: str = "it") -> None:
        message = {
            "message_id": 5, "date": 1772542920, "text": text, "chat": {"id": chat, "type": kind, "first_name": "Anna"},
            "from": {"id": chat, "is_bot": False, "first_name": "Anna", "language_code": language},
        }  # fmt: skip
        self.add(message=message)

    def add(self, **update: object) -> None:
        self.updates.append({"update_id": self.next_id, **update})
        self.next_id += 1

    def sent(self) -> list[dict]:
        return [each.json for each in self.server.received if each.path.endswith("/sendMessage")]


@pytest.fixture
def server() -> Iterator[Answering]:
    with answering() as found:
        yield found


@pytest.fixture
def telegram(server: Answering) -> Telegram:
    return Telegram(server)


def bot(server: Answering) -> Bot:
    return Bot(server.url, TOKEN, timeout_s=0.5)


def channel(server: Answering, base_url: str = "https://vicino.example.org") -> TelegramTransport:
    return TelegramTransport(bot(server), Links(base_url, b"k" * 32))


def test_a_message_names_nobody_and_leads_to_the_alert(telegram: Telegram, server: Answering) -> None:
    assert channel(server).send(OUTGOING) == "77"
    (sent,) = telegram.sent()
    assert sent["chat_id"] == str(CHAT)
    assert sent["text"].startswith("Pulsante SOS premuto a Bobbio")
    (button,), (answer,) = sent["reply_markup"]["inline_keyboard"]
    assert answer["url"].startswith("https://vicino.example.org/r/")
    assert button["url"] == f"https://vicino.example.org/alerts/{UUID(int=2)}"
    assert button["text"] == "Apri e prendi in carico"
    assert sent["protect_content"] is True
    assert sent["disable_notification"] is False
    assert "parse_mode" not in sent


def test_wellbeing_is_not_told_more_of_than_that(telegram: Telegram, server: Answering) -> None:
    wellbeing = OUTGOING._replace(family=Family.WELLBEING, kind="night_bathroom_visits")
    channel(server).send(wellbeing)
    assert "bagno" not in json.dumps(telegram.sent(), ensure_ascii=False)


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8000", "http://vicino", "http://10.1.2.3", "http://[::1]:80"])
def test_where_the_pages_are_not_public_the_address_stands_in_the_text(
    telegram: Telegram, server: Answering, base_url: str
) -> None:
    channel(server, base_url).send(OUTGOING)
    (sent,) = telegram.sent()
    assert "reply_markup" not in sent
    assert f"{base_url}/alerts/{UUID(int=2)}\n" in sent["text"]


@pytest.mark.parametrize(
    ("reply", "permanent", "gone", "uncertain", "retry_after_s"),
    [
        (refusal(403, "Forbidden: bot was blocked by the user"), True, True, False, None),
        (refusal(403, "Forbidden: user is deactivated"), True, True, False, None),
        (refusal(400, "Bad Request: chat not found"), True, True, False, None),
        (refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100), True, True, False, None),
        (refusal(400, "Bad Request: message text is empty"), True, False, False, None),
        (refusal(401, "Unauthorized"), False, False, False, None),
        (refusal(404, "Not Found"), False, False, False, None),
        (refusal(429, "Too Many Requests: retry after 34", retry_after=34), False, False, False, 34.0),
        (refusal(502, "Bad Gateway"), False, False, False, None),
        (Reply(502, body=b"<html>Bad gateway</html>"), False, False, False, None),
        (Reply(200, body=b"<html>Sign in to the network</html>"), False, False, True, None),
        (Reply(RESET), False, False, True, None),
        (Reply(SLOW), False, False, True, None),
    ],
)
def test_what_telegram_answers_decides_what_becomes_of_it(
    telegram: Telegram,
    server: Answering,
    reply: Reply,
    permanent: bool,
    gone: bool,
    uncertain: bool,
    retry_after_s: float | None,
) -> None:
    server.reply = reply
    with pytest.raises(TransportError) as caught:
        channel(server).send(OUTGOING)
    error = caught.value
    assert (error.permanent, error.gone, error.uncertain) == (permanent, gone, uncertain)
    assert error.retry_after_s == retry_after_s
    for secret in (TOKEN, str(CHAT), server.host):
        assert secret not in error.reason


# --- pairing ---


def begin(seen_by, world, code: str, clock) -> None:
    with seen_by(world.anna) as view:
        until = clock.now() + timedelta(minutes=15)
        assert repository.begin_pairing(view.connection, CHANNEL, code_digest(code), until, clock.now())


def addresses(world) -> list[tuple[str, str, bool]]:
    rows = world.rows("SELECT * FROM alerts.address ORDER BY address_id")
    return [(row["channel"], row["address"], row["gone_at"] is None) for row in rows]


def test_a_code_pairs_a_chat_and_stop_ends_it(
    telegram: Telegram, server: Answering, service: Database, seen_by, world, clock
) -> None:
    begin(seen_by, world, "the-code", clock)
    updates = Updates(service, bot(server), clock)
    telegram.write("/start the-code")
    assert updates.look(0, NEVER) == 1
    assert addresses(world) == [("telegram", str(CHAT), True)]
    assert "collegata" in telegram.sent()[-1]["text"]
    with seen_by(world.anna) as view:
        assert repository.faces(view.connection) == {"telegram": "vicino_test_bot"}
        assert set(repository.own_channels(view.connection)) == {"telegram"}

    telegram.write("/stop")
    assert updates.look(0, NEVER) == 1
    assert addresses(world) == [("telegram", str(CHAT), False)]
    assert "Fatto" in telegram.sent()[-1]["text"]


def test_an_update_that_is_read_twice_changes_nothing_more(
    telegram: Telegram, server: Answering, service: Database, seen_by, world, clock
) -> None:
    begin(seen_by, world, "the-code", clock)
    telegram.write("/start the-code")
    Updates(service, bot(server), clock).look(0, NEVER)
    world.connection.execute("UPDATE alerts.reading SET next_update = 0")
    clock.advance(LEASE.total_seconds() + 1)
    Updates(service, bot(server), clock).look(0, NEVER)
    assert addresses(world) == [("telegram", str(CHAT), True)]
    assert [each["text"] for each in telegram.sent()].count(telegram.sent()[0]["text"]) == 2


def test_a_code_is_used_by_one_chat_only_and_not_for_long(
    telegram: Telegram, server: Answering, service: Database, seen_by, world, clock
) -> None:
    begin(seen_by, world, "the-code", clock)
    updates = Updates(service, bot(server), clock)
    telegram.write("/start wrong")
    telegram.write("/start the-code")
    telegram.write("/start the-code", chat=666)
    updates.look(0, NEVER)
    assert addresses(world) == [("telegram", str(CHAT), True)]
    assert "non è valido" in telegram.sent()[0]["text"]
    assert "non è valido" in telegram.sent()[2]["text"]

    begin(seen_by, world, "another", clock)
    clock.advance(16 * 60)
    telegram.write("/start another", chat=777)
    updates.look(0, NEVER)
    assert addresses(world) == [("telegram", str(CHAT), True)]


def test_a_chat_belongs_to_one_account(
    telegram: Telegram, server: Answering, service: Database, seen_by, world, clock
) -> None:
    begin(seen_by, world, "for-anna", clock)
    updates = Updates(service, bot(server), clock)
    telegram.write("/start for-anna")
    updates.look(0, NEVER)
    with seen_by(world.bruno) as view:
        repository.begin_pairing(
            view.connection, CHANNEL, code_digest("for-bruno"), clock.now() + timedelta(minutes=5), clock.now()
        )
    telegram.write("/start for-bruno")
    updates.look(0, NEVER)
    assert "connected" in telegram.sent()[-1]["text"]
    rows = world.rows("SELECT account_id, gone_at FROM alerts.address ORDER BY address_id")
    assert [(row["account_id"], row["gone_at"] is None) for row in rows] == [(world.anna, False), (world.bruno, True)]


def test_whoever_blocks_the_bot_is_reached_otherwise(
    telegram: Telegram, server: Answering, service: Database, seen_by, world, clock
) -> None:
    begin(seen_by, world, "the-code", clock)
    updates = Updates(service, bot(server), clock)
    telegram.write("/start the-code")
    telegram.add(
        my_chat_member={
            "chat": {"id": CHAT, "type": "private"}, "from": {"id": CHAT}, "date": 1,
            "old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"},
        }
    )  # fmt: skip
    updates.look(0, NEVER)
    assert addresses(world) == [("telegram", str(CHAT), False)]


def test_a_group_is_not_paired_and_nonsense_stops_nothing(
    telegram: Telegram, server: Answering, service: Database, seen_by, world, clock
) -> None:
    begin(seen_by, world, "the-code", clock)
    updates = Updates(service, bot(server), clock)
    telegram.write("/start the-code", chat=-100200, kind="supergroup")
    telegram.add(message={"chat": "nonsense"})
    telegram.add(edited_message={"text": "x"})
    telegram.write("", language="en")
    telegram.write("ciao", language="de")
    updates.look(0, NEVER)
    assert addresses(world) == []
    texts = [each["text"] for each in telegram.sent()]
    assert len(texts) == 3
    assert "single people" in texts[1] or "To connect" in texts[1]
    assert world.rows("SELECT next_update FROM alerts.reading")[0]["next_update"] == 1005


def test_of_two_workers_one_reads_and_the_other_takes_over(
    telegram: Telegram, server: Answering, service: Database, world, clock
) -> None:
    first, second = (Updates(service, bot(server), clock) for _ in range(2))
    telegram.write("ciao")
    assert first.look(0, NEVER) == 1
    telegram.write("ciao")
    assert second.look(0, NEVER) == 0
    assert first.look(0, NEVER) == 1
    telegram.write("ciao")
    clock.advance(LEASE.total_seconds() + 1)
    assert second.look(0, NEVER) == 1
    assert first.look(0, NEVER) == 0


def test_a_bot_that_does_not_answer_is_asked_again_and_its_token_is_not_told(
    telegram: Telegram, server: Answering, service: Database, world, clock, capsys: pytest.CaptureFixture[str]
) -> None:
    stop = threading.Event()
    asked: list[str] = []

    def decide(received: Received) -> Reply | None:
        asked.append(received.path.rpartition("/")[2])
        if len(asked) == 4:
            stop.set()
        return refusal(502, "Bad Gateway") if len(asked) < 3 else telegram.decide(received)

    server.decide = decide
    Updates(service, bot(server), clock).run(stop)
    assert asked == ["getMe", "getMe", "getMe", "getUpdates"]
    out = capsys.readouterr()
    assert TOKEN not in out.out + out.err
