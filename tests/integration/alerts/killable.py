"""What the play of operators, workers and crashes is played with: workers that can be killed, a channel that notes.

The channel looks at once whether it is right that it is handed something: that is where a promise would be broken.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.channels.transport import TransportError
from alerts.intake import Intake
from alerts.policy import Rules

RULES = Rules(safety_repeat_s=300, safety_times=2, safety_then_every_s=900)


class WorkerDiedError(BaseException):
    """A worker that is killed writes nothing down any more."""


class Mortal:
    """A worker's database, at any transaction of which the worker may be killed: before, within or after it."""

    def __init__(self, database):
        self.database = database
        self.death = None

    @contextmanager
    def transaction(self):
        moment = self.moment()
        if moment == "before":
            raise WorkerDiedError
        with self.database.transaction() as connection:
            yield connection
            if moment == "within":
                raise WorkerDiedError
        if moment == "after":
            raise WorkerDiedError

    def moment(self):
        if self.death is None:
            return None
        left, moment = self.death
        self.death = (left - 1, moment)
        return moment if left == 0 else None


class Worker:
    """One alert worker: what it remembers, and what it has claimed and not yet delivered."""

    def __init__(self, service):
        self.mortal = Mortal(service)
        self.start()

    def start(self):
        self.mortal.death = None
        self.intake = Intake(self.mortal, RULES, timedelta(hours=24))
        self.held = []


@dataclass
class Hand:
    """One handing over that the channel may have accepted, and how it ended as far as the worker wrote it down."""

    public_id: object
    leased_until: datetime
    ended: str = "under way"


class Channel:
    """Notes what it is handed, looks at once whether that was right, and behaves as it is told."""

    def __init__(self, world, clock):
        self.world, self.clock = world, clock
        self.hands, self.refused, self.told = [], set(), []
        # What should never have been. A worker takes every error for one of its channel, so none is raised here.
        self.wrong = []
        self.sending = []  # (claimed, end of the lease, mood, what happens meanwhile), the innermost last

    def send(self, message):
        claimed, leased_until, mood, meanwhile = self.sending[-1]
        row = self.row(message.public_id)
        self.require(self.world.is_wanted(row["notification_id"]), "handed over though nobody had to be told any more")
        self.require(row["state"] == "due", "handed over though it was settled")
        self.require(row["attempts"] == claimed.attempts, "handed over by a worker whose lease was over")
        name = self.world.names[row["account_id"]]
        self.require(name in self.world.may_be_told(row["organisation_id"]), "told to somebody else")
        self.require(not self.accepted_elsewhere(row), "told by another way though one was accepted")
        if mood == "die before":
            raise WorkerDiedError
        if mood == "busy":
            raise TransportError("busy", permanent=False)
        if mood == "refuse":
            self.refused.add(message.public_id)
            raise TransportError("refused", permanent=True)
        self.look_at_earlier(message, row)
        hand = Hand(message.public_id, leased_until)
        self.hands.append(hand)
        self.told.append((row["alert_id"], name))
        meanwhile()
        if mood == "die after":
            hand.ended = "died"
            raise WorkerDiedError
        if mood == "no answer":
            hand.ended = "no answer"
            raise TransportError("no answer", permanent=False, uncertain=True)

    def accepted_elsewhere(self, row):
        return self.world.rows(
            "SELECT FROM alerts.notification WHERE alert_id = %s AND round = %s AND step = %s AND account_id = %s"
            " AND state = 'sent'",
            *(row[name] for name in ("alert_id", "round", "step", "account_id")),
        )

    def look_at_earlier(self, message, row):
        earlier = [hand for hand in self.hands if hand.public_id == message.public_id]
        for hand in earlier:
            lapsed = hand.ended == "under way" and hand.leased_until <= self.clock.now()
            self.require(lapsed or hand.ended in {"died", "no answer"}, "told twice of one step")
        self.require(row["uncertain"] or not earlier, "repeated, and not called uncertain")

    def require(self, condition, otherwise):
        if not condition:
            self.wrong.append(otherwise)

    def row(self, public_id):
        (row,) = self.world.rows("SELECT * FROM alerts.notification WHERE public_id = %s", public_id)
        return row


# Of a call: nobody has taken charge. Of a reminder: whoever is reminded has. Of a summary: something in it is open.
NOT_WANTED = """
    SELECT message.notification_id FROM alerts.notification AS message JOIN alerts.alert USING (alert_id)
    WHERE message.state = 'due' AND NOT CASE message.purpose
        WHEN 'call' THEN alert.state = 'new'
        WHEN 'reminder' THEN alert.state = 'in_charge' AND alert.taken_by = message.account_id
            AND alert.round = message.round
        ELSE EXISTS (
            SELECT FROM alerts.summarised JOIN alerts.alert AS within ON within.alert_id = summarised.alert_id
            WHERE summarised.notification_id = message.notification_id AND within.state = 'new'
        )
    END
"""


class Region:
    """The world with a second municipality in which somebody lives, and who is told of what."""

    def __init__(self, world):
        self.world = world
        self.rows, self.alerts, self.notifications = world.rows, world.alerts, world.notifications
        world.neighbour(world.travo)
        (there,) = world.rows(
            "SELECT series_id FROM devices.series JOIN registry.home USING (home_id)"
            " WHERE home.key = 'h2' AND quantity_id = 20"
        )
        self.sensors = {"sos": world.sos, "leak": world.leak, "sos in travo": there["series_id"]}
        self.accounts = {name: getattr(world, name) for name in ("anna", "bruno", "carla", "dora")}
        self.names = {account: name for name, account in self.accounts.items()}
        self.told_of = {world.bobbio: ("anna", "bruno", "dora"), world.travo: ("carla", "dora")}
        # There are two ways to some of them.
        for place, (channel, address) in enumerate((("email", "%s@example.org"), ("sms", "%s's telephone"))):
            for name in ("anna", "dora"):
                world.connection.execute(
                    "INSERT INTO alerts.address (account_id, channel, address, position, added_at)"
                    " VALUES (%s, %s, %s, %s, '2026-01-01')",
                    (self.accounts[name], channel, address % name, place),
                )

    def not_wanted(self):
        """The messages that wait though nobody has to be told any more."""
        return {row["notification_id"] for row in self.rows(NOT_WANTED)}

    def is_wanted(self, notification_id):
        """Whether a message that waits still has to be sent."""
        return notification_id not in self.not_wanted()

    def may_be_told(self, organisation_id):
        """The names of those who may be told of alerts of an organisation."""
        return self.told_of[organisation_id]
