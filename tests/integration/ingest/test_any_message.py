"""Whatever anybody may publish is sent to the ingest service as it runs, over a real broker.

It never stops taking in what is right; whatever cannot be read is kept with the reason. `make fuzz` asks for longer.
"""

import json
import os
import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import senml, topics
from core.messages import BatchProperties, GatewayStatus, encode
from core.topics import LANES, ROOT, Leaf
from ingest.mqtt5 import Delivery
from tests.integration.ingest.homes import NOW_MS, until
from tests.integration.ingest.test_flood import START_MS, Lane

USUAL = 40
EXAMPLES = int(os.environ.get("VICINO_TEST_FUZZ_MESSAGES", str(USUAL)))
MOST = 4_000  # bytes: what is larger is tried by test_rejects
LEAVES = (Leaf.URGENT, Leaf.READINGS, Leaf.BACKFILL, Leaf.STATUS, Leaf.INVENTORY)

ANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=EXAMPLES == USUAL,  # the suite finds the same each time; who asks for longer looks elsewhere each time
)

# --- what a payload may be ---

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["d/temperature", "d/sos_button", "d/", "/", "", "\0", "\ud800", "9" * 400]),
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(st.sampled_from(["n", "t", "v", "u", "bn", "bt", "vs", "vb", "x", ""]), inner, max_size=6),
    ),
    max_leaves=20,
)
records = st.fixed_dictionaries(
    {},
    optional={
        "n": st.one_of(st.sampled_from(["d/temperature", "d/sos_button", "d/occupancy", "e/temperature"]), scalars),
        "t": st.one_of(st.integers(NOW_MS - 10_000_000, NOW_MS).map(lambda ms: ms / 1000), scalars),
        "u": st.one_of(st.sampled_from(["Cel", "1", "/", "%"]), scalars),
        "v": scalars,
        "bn": scalars,
        "bt": scalars,
        "bver": scalars,
        "sum_": scalars,
        "vs": scalars,
    },
)


def written(value: object) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A pack that was right, with some of its bytes changed, left out or doubled."""
    count = draw(st.integers(1, 4))
    pack = [senml.Measurement("d/temperature", NOW_MS - 1000 * number, 20.0, "Cel") for number in range(count)]
    sound = bytearray(senml.encode(pack))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(sound) - 1))
        how = draw(st.sampled_from(["change", "take", "double", "cut"]))
        if how == "change":
            sound[at] = draw(st.integers(0, 255))
        elif how == "take" and len(sound) > 1:
            del sound[at]
        elif how == "double":
            sound[at:at] = sound[at : at + draw(st.integers(1, 40))]
        elif how == "cut" and at:
            del sound[at:]
    return bytes(sound)


payloads = st.one_of(
    st.binary(max_size=MOST),
    anything.map(written),
    st.lists(records, max_size=8).map(written),
    broken(),
    st.integers(1, MOST // 2).map(lambda depth: b"[" * depth),
    st.integers(1, MOST // 2).map(lambda depth: b"[" * depth + b"]" * depth),
)

# --- where it goes, and what goes with it ---

# A broker ends the connection of whoever sends control characters or what is no character: such a message reaches
# nobody. What another broker might let through is tried below, without one.
CARRIED = ("Cs", "Cc", "Cn")
letters = st.text(st.characters(exclude_characters="+#/", exclude_categories=CARRIED), min_size=1, max_size=70)
gateways = st.one_of(st.just(None), st.sampled_from(["nobody", "a" * 63, "a" * 64, "GW", "gw..", "-"]), letters)
texts = st.text(st.characters(exclude_categories=CARRIED), max_size=30)
sound_properties = st.builds(
    lambda sequence: BatchProperties("fuzz", sequence, 1.0, "synced").as_user_properties(),
    st.integers(1, 2**31 - 1),
)
properties = st.one_of(
    sound_properties,
    st.lists(st.tuples(texts, texts), max_size=6),
    st.tuples(sound_properties, st.lists(st.tuples(texts, texts), max_size=3)).map(
        lambda two: [*list(two[0])[:-1], *two[1]]
    ),
)
messages = st.tuples(gateways, st.sampled_from(LEAVES), payloads, properties)


def is_readable(payload: bytes) -> bool:
    """Tell whether a message holds records at all, by the standard alone: a list of objects in JSON."""
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and bool(found) and all(isinstance(one, dict) for one in found)


def test_whatever_is_published_is_stored_or_kept_with_its_reason_and_holds_up_nothing(world, start_worker, sender):
    consumer = start_worker()
    home = world.home("fuzz")
    gateway = sender(home)
    sent, rounds = [], iter(range(10**9))

    @ANY
    @given(some=st.lists(messages, min_size=1, max_size=8))
    def publish(some):
        here = []
        for key, leaf, payload, given_properties in some:
            named = home if key is None else f"{key}-{world.mark}" if set(key) <= set(KEY_LETTERS) else key
            topic = f"{ROOT}/{named}/{leaf}"
            gateway.say_at(topic, payload, given_properties)
            here.append((named, leaf, payload))
        number = next(rounds)
        # What is right is stored, by each lane, after whatever was wrong.
        sequences = [
            gateway.send(("d/temperature", NOW_MS + number * 10 + offset, 20.0), leaf=leaf)
            for offset, leaf in enumerate(LANES)
        ]
        gateway.await_stored(*sequences)
        assert consumer.wait_connected(0)
        for named, leaf, payload in here:
            if leaf in LANES and not is_readable(payload) and topics.KEY.fullmatch(named):
                reasons = kept(world, payload)
                assert reasons, f"{leaf} {payload[:80]!r} is nowhere"
        sent.extend(here)

    publish()
    assert len(sent) >= EXAMPLES / 2
    assert world.value("SELECT count(*) FROM ingest.reject WHERE reason = '' OR detail = ''") == 0
    assert world.rejected().keys() >= {"syntax", "properties"}
    # The statuses are taken in still.
    gateway.say(encode(GatewayStatus(online=True, boot="b")))
    until(lambda: world.value("SELECT count(*) FROM ingest.gateway_status") == 1, "the status is taken in")


KEY_LETTERS = string.ascii_lowercase + string.digits + "._-"


any_text = st.text(st.characters(exclude_categories=("Cs",)), max_size=80)
deliveries = st.tuples(
    st.one_of(any_text, st.builds("{}/{}/{}".format, st.just(ROOT), any_text, st.sampled_from(LEAVES))),
    payloads,
    st.lists(st.tuples(any_text, any_text), max_size=6),
    st.integers(0, 2),
)


def test_what_a_broker_might_let_through_is_kept_as_well(world, service):
    home, lane = world.home("fuzz"), Lane(service)

    @ANY
    @given(some=st.lists(deliveries, min_size=1, max_size=8))
    def put(some):
        before = world.value("SELECT coalesce(sum(count), 0)::int FROM ingest.reject")
        lane.take_in_any(
            Delivery(topic, payload, properties, qos, number)
            for number, (topic, payload, properties, qos) in enumerate(some)
        )
        assert len(lane.told.acknowledged) == len(some)
        unreadable = [payload for _, payload, _, _ in some if not is_readable(payload)]
        after = world.value("SELECT coalesce(sum(count), 0)::int FROM ingest.reject")
        assert after - before >= len(unreadable)
        lane.take_in((home, ("d/temperature", START_MS, 20.0)))
        assert len(lane.told.acknowledged) == 1

    put()
    assert world.value("SELECT count(*) FROM ingest.reject WHERE reason = '' OR detail = ''") == 0
    assert [value for _, _, value in world.stored()] == [20.0]


def kept(world, payload: bytes) -> list[str]:
    """Return the reasons for which a message was kept; one that is empty has no bytes to be found by."""
    return [row["reason"] for row in world.query("SELECT reason FROM ingest.reject WHERE payload = %s", payload)]
