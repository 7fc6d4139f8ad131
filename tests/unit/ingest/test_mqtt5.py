"""MQTT 5 packets as a subscriber meets them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import mqtt5
from ingest.mqtt5 import ProtocolError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def prefixed(raw):
    return struct.pack(">H", len(raw)) + raw


def length(number):
    out = bytearray()
    while True:
        number, digit = divmod(number, 128)
        out.append(digit | (128 if number else 0))
        if not number:
            return bytes(out)


def packet(header, body):
    return bytes([header]) + length(len(body)) + body


def publish(topic, payload, properties=b"", packet_id=7, qos=1):
    identity = struct.pack(">H", packet_id) if qos else b""
    return packet(0x30 | qos << 1, prefixed(topic) + identity + length(len(properties)) + properties + payload)


def user_property(name, value):
    return b"\x26" + prefixed(name.encode()) + prefixed(value.encode())


def only(raw):
    (found,) = mqtt5.split(bytearray(raw))
    return mqtt5.delivery(found, session=3)


@given(TEXT, st.binary(max_size=300), st.lists(st.tuples(TEXT, TEXT), max_size=5), st.integers(1, 65_535))
def test_a_message_is_read_as_it_was_written(topic, payload, properties, packet_id):
    raw = b"".join(user_property(*pair) for pair in properties)
    delivery = only(publish(topic.encode(), payload, raw, packet_id))
    assert delivery[:6] == mqtt5.Delivery(topic, payload, properties, packet_id, 3)[:6]
    assert delivery.around_bytes >= len(topic.encode()) + len(raw)


def test_properties_that_we_do_not_need_are_passed_over():
    raw = (
        b"\x01\x01" + b"\x02\x00\x00\x00\x05" + b"\x03" + prefixed(b"json") + b"\x09" + prefixed(b"x") + b"\x0b\x81\x01"
    )
    delivery = only(publish(b"t", b"p", raw + b"\x08" + prefixed(b"r") + b"\x23\x00\x01" + user_property("a", "b")))
    assert (delivery.payload, delivery.user_properties) == (b"p", [("a", "b")])


def test_a_message_without_acknowledgement_has_no_id():
    assert only(publish(b"t", b"p", qos=0)).packet_id == 0


def test_text_that_is_no_utf8_is_read_all_the_same():
    assert only(publish(b"vicino/\xff", b"")).topic == "vicino/\ufffd"


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=6), st.data())
def test_packets_are_found_however_the_stream_is_cut(payloads, data):
    stream = b"".join(publish(b"t", payload) for payload in payloads)
    buffer, found = bytearray(), []
    position = 0
    while position < len(stream):
        step = data.draw(st.integers(1, len(stream) - position))
        buffer += stream[position : position + step]
        found += mqtt5.split(buffer)
        position += step
    assert [mqtt5.delivery(each, 0).payload for each in found] == payloads
    assert not buffer


@given(st.binary(max_size=300))
def test_noise_raises_nothing_but_a_protocol_error(noise):
    buffer = bytearray(noise)
    try:
        for found in mqtt5.split(buffer):
            for read in (lambda each: mqtt5.delivery(each, 0), mqtt5.refusal):
                try:
                    read(found)
                except ProtocolError:
                    continue
    except ProtocolError:
        assert len(noise) > 4


@pytest.mark.parametrize("cut", [1, 3, 4, 6, 8, 12])
def test_a_message_that_is_cut_short_is_refused(cut):
    whole = publish(b"topic", b"", user_property("a", "b"))[2:]
    with pytest.raises(ProtocolError):
        mqtt5.delivery(mqtt5.Packet(0x32, whole[:cut]), 0)


def test_connecting_says_what_the_standard_wants():
    assert mqtt5.connect("me", "user", "pass", 30, 1_000) == (
        b"\x10\x1e\x00\x04MQTT\x05\xc2\x00\x1e\x03\x21\x03\xe8\x00\x02me\x00\x04user\x00\x04pass"
    )
    assert mqtt5.subscribe(1, ["a/+"]) == b"\x82\x09\x00\x01\x00\x00\x03a/+\x01"
    assert mqtt5.acknowledgement([1, 258]) == b"\x40\x02\x00\x01\x40\x02\x01\x02"


@pytest.mark.parametrize(
    ("header", "body", "code"),
    [
        (mqtt5.CONNACK, b"\x00\x00\x00", 0),
        (mqtt5.CONNACK, b"\x00\x87\x00", 0x87),
        (mqtt5.SUBACK, b"\x00\x01\x00\x01", 0),
        (mqtt5.SUBACK, b"\x00\x01\x00\x01\x9e", 0x9E),
        (mqtt5.DISCONNECT, b"\x8e", 0x8E),
    ],
)
def test_a_refusal_is_understood(header, body, code):
    assert mqtt5.refusal(mqtt5.Packet(header, body)) == code


def test_a_message_that_was_kept_for_new_subscribers_says_so():
    live = publish(b"a/b", b"x")
    kept = bytes([live[0] | 0x01]) + live[1:]
    assert (only(live).retained, only(kept).retained) == (False, True)
