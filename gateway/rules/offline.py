"""The rules of a home that work without the service, at work: sirens sound and contacts are told.

One thread takes note of what the publisher says, switches the sirens and decides; whoever is told is told on a second
thread, because a modem may take a minute. What has been told and what may be sounding is kept across restarts.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from zoneinfo import ZoneInfo

import msgspec

from core.clock import Clock
from core.gateway_config import GatewayConfig
from core.log import logger
from core.mqtt import Connection
from core.vocabulary import BY_NAME
from gateway.configuration import Configuration
from gateway.outbox import Batch, Outbox, OutboxError, Reading
from gateway.rules.calls import Calls, calls_in
from gateway.rules.channels.channel import Channel, ChannelError, Text
from gateway.rules.errands import Errand, Errands
from gateway.rules.switching import Lit, Switching
from gateway.rules.wording import called, withdrawn
from gateway.synchronisation import Timekeeper
from gateway.withdrawal import CANCELLED, SOS

_NOTE = "rules"
_IDLE_S = 20.0
_RETRY_S = 1.0
_TOLD = "contact_told"


class _Kept(msgspec.Struct):
    """What is kept across restarts: batches that were told of, or have sounded, and sirens that may sound."""

    told: list[int] = []
    sounded: list[int] = []
    lit: list[tuple[str, str]] = []


class OfflineRules:
    """The rules of one gateway. What its publisher says may come from any thread."""

    def __init__(
        self,
        gateway: str,
        configuration: Configuration,
        outbox: Outbox,
        home: Connection,
        base: str,
        channels: Mapping[str, Channel],
        clock: Clock,
        timekeeper: Timekeeper,
        *,
        on_told: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare to switch sirens at `home`'s broker below the topic `base`, and to tell contacts by `channels`."""
        self._gateway = gateway
        self._configuration = configuration
        self._outbox = outbox
        self._home = home
        self._home_started = False
        self._base = base
        self._channels = channels
        self._clock = clock
        self._timekeeper = timekeeper
        self._on_told = on_told
        self._calls = Calls()
        self._errands = Errands()
        self._kept = self._restored()
        self._switching = Switching(Lit(*each) for each in self._kept.lit)
        self._events: SimpleQueue[Callable[[float], None]] = SimpleQueue()
        self._wake = threading.Event()
        self._busy = False
        self._told = 0
        self.turned_at = clock.monotonic()

    # What the publisher says

    def called(self, batch: Batch, *, earlier: bool = False) -> None:
        """Take note of an urgent batch; it is of an `earlier` start if it was found when the gateway started."""
        self._note(partial(self._take_batch, batch, earlier))

    def stored(self, sequence: int) -> None:
        """Take note that the service has stored a batch."""
        self._note(partial(self._take_stored, sequence))

    def uplink(self, *, up: bool) -> None:
        """Take note that the connection to the service has come or gone."""
        self._note(lambda now: self._calls.uplink(now, up=up))

    @property
    def told(self) -> int:
        """How often a contact has been told in this boot."""
        return self._told

    @property
    def alive(self) -> bool:
        """Whether the network thread runs."""
        return self._home.alive

    def wake(self) -> None:
        """Look at once whether there is something to do; any thread may call it."""
        self._wake.set()

    # Turns

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set and `wake` was called."""
        try:
            while not stop.is_set():
                self.turned_at = self._clock.monotonic()
                self._wake.clear()
                self._clock.wait(self._wake, self.turn())
        finally:
            self._end()

    def _end(self) -> None:
        """Leave no siren on behind: who starts again finds the call, and sounds again."""
        if self._home_started:
            for topic, off in self._switching.lit:
                self._home.publish(f"{self._base}/{topic}", off.encode())
            self._home.stop()

    def turn(self) -> float:
        """Do what is due; return after how many seconds there may be more to do."""
        now = self._clock.monotonic()
        self._take_events(now)
        config = self._configuration.current
        failed = self._switch(config, now)
        if config.contacts:
            for call in self._calls.to_tell(now):
                self._errands.add(call, config.contacts, now)
        self._tell(config, now)
        self._calls.settle(now)
        self._keep()
        return _RETRY_S if failed else self._pause(config, now)

    def _take_events(self, now: float) -> None:
        with suppress(Empty):
            while True:
                self._events.get_nowait()(now)

    def _take_batch(self, batch: Batch, earlier: bool, now: float) -> None:
        config = self._configuration.current
        sequence = batch.properties.sequence
        for call in calls_in(batch):
            if call.quantity == CANCELLED:
                self._calls.withdrawn()
                self._errands.withdrawn(SOS, now)
                continue
            self._calls.called(
                call,
                now,
                config,
                earlier=earlier,
                told=earlier and sequence in self._kept.told,
                sounded=earlier and sequence in self._kept.sounded,
            )

    def _take_stored(self, sequence: int, _: float) -> None:
        self._calls.stored(sequence)
        self._errands.stored(sequence)

    def _switch(self, config: GatewayConfig, now: float) -> bool:
        """Publish what the sirens have to be told; tell whether that has to be tried again."""
        if not self._home_started and (config.sirens or self._switching.lit):
            self._home.start()
            self._home_started = True
        commands = self._switching.commands(self._calls.sounding(config.sirens, now), now)
        if commands:
            # First, so that what is switched on now is switched off by whoever comes after a crash.
            self._keep()
        for command in commands:
            sent = self._home.publish(f"{self._base}/{command.topic}", command.payload.encode())
            if sent is None:
                return True
            self._switching.published(command, now)
            logger().info("siren switched", name=command.topic)
        return False

    def _tell(self, config: GatewayConfig, now: float) -> None:
        if self._busy or (errand := self._errands.next(now)) is None:
            return
        self._busy = True
        text = self._text(errand, config)
        channel = self._channels[errand.contact.channel]
        threading.Thread(
            target=self._carry_out, args=(errand, channel, text), name=f"telling {self._gateway}", daemon=True
        ).start()

    def _text(self, errand: Errand, config: GatewayConfig) -> Text:
        call, language = errand.call, errand.contact.language
        zone, now_ms = ZoneInfo(config.timezone), self._timekeeper.look().at_ms
        device = self._configuration.device(call.name.partition("/")[0])
        words = (
            withdrawn(self._gateway, call, language, zone, now_ms)
            if errand.withdrawn
            else called(self._gateway, call, device.room if device else "", language, zone, now_ms)
        )
        return Text(errand.contact.address, words, self._gateway, call.quantity, call.at_ms, errand.withdrawn)

    def _carry_out(self, errand: Errand, channel: Channel, text: Text) -> None:
        """Tell one contact, on a thread of its own."""
        try:
            channel.send(text)
        except ChannelError as error:
            self._note(partial(self._take_failure, errand, error))
        except Exception as error:  # noqa: BLE001 - the next contact must be told all the same
            self._note(partial(self._take_failure, errand, ChannelError(type(error).__name__)))
        else:
            self._note(partial(self._take_success, errand))

    def _take_failure(self, errand: Errand, error: ChannelError, now: float) -> None:
        self._busy = False
        self._errands.failed(errand, now, permanent=error.permanent)
        logger().warning(
            "contact not told", channel=errand.contact.channel, reason=error.reason, attempts=errand.attempts + 1
        )

    def _take_success(self, errand: Errand, now: float) -> None:
        self._busy = False
        self._errands.done(errand, now)
        self._told += 1
        logger().info("contact told", channel=errand.contact.channel, attempts=errand.attempts)
        if not errand.withdrawn:
            # It goes the way of the call, and after it: so the service knows when it is back.
            device = errand.call.name.partition("/")[0]
            self._outbox.rescue([Reading(f"{device}/{_TOLD}", float(errand.number), BY_NAME[_TOLD].unit)])
        self._on_told()

    def _pause(self, config: GatewayConfig, now: float) -> float:
        times = [
            self._calls.next_at(config.sirens, now),
            self._switching.next_at(),
            None if self._busy else self._errands.next_at(),
        ]
        return max(0.0, min((at - now for at in times if at is not None), default=_IDLE_S))

    def _note(self, event: Callable[[float], None]) -> None:
        self._events.put(event)
        self._wake.set()

    # What is kept

    def _restored(self) -> _Kept:
        kept = self._outbox.notes.under(_NOTE).get("", b"{}")
        try:
            return msgspec.json.decode(kept, type=_Kept)
        except msgspec.MsgspecError:
            return _Kept()

    def _keep(self) -> None:
        lit = [(each.topic, each.off) for each in self._switching.lit]
        told = self._calls.told - self._errands.sequences
        kept = _Kept(sorted(told), sorted(self._calls.sounded), lit)
        if kept != self._kept:
            with suppress(OutboxError):
                self._outbox.notes.keep(_NOTE, msgspec.json.encode(kept))
                self._kept = kept
