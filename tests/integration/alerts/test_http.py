"""A real HTTP server that accepts, refuses, asks for patience, breaks off and dawdles."""

from datetime import UTC, datetime
from time import monotonic

import pytest

from alerts.channels.http import LONGEST_ANSWER, LONGEST_REQUEST, Request, deliver, is_protected
from alerts.channels.transport import TransportError

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


def request(url, **changes):
    return Request("POST", url, {"Content-Type": "application/json"}, b'{"to": "+39333"}', "message-1")._replace(
        **changes
    )


def test_what_is_accepted_has_arrived_whole(http):
    http.answer(202, b'{"id": "abc"}')
    answer = deliver(request(http.url + "/send?a=b"), 0.5)
    assert (answer.status, answer.body) == (202, b'{"id": "abc"}')
    received = http.last
    assert (received.method, received.path, received.body) == ("POST", "/send?a=b", b'{"to": "+39333"}')
    assert received.headers["idempotency-key"] == "message-1"
    assert received.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (401, True), (404, True), (410, True), (301, True), (307, True), (408, False), (429, False),
     (500, False), (502, False), (503, False), (504, False)],
)  # fmt: skip
def test_the_answer_decides_whether_it_is_tried_again(http, status, permanent):
    http.answer(status, b"no such number +39333", Location=http.url + "/other")
    with pytest.raises(TransportError) as caught:
        deliver(request(http.url), 0.5)
    assert (caught.value.permanent, caught.value.uncertain, caught.value.status) == (permanent, False, status)
    assert "333" not in caught.value.reason
    assert len(http.received) == 1  # no redirection is followed


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("30", 30.0), ("Tue, 03 Mar 2026 13:03:00 GMT", 60.0), ("Tue, 03 Mar 2026 12:00:00 GMT", 0.0), ("soon", None)],
)
def test_a_server_says_how_long_it_wants_to_be_left_alone(http, said, seconds):
    http.answer(429, Retry_After=said)
    with pytest.raises(TransportError) as caught:
        deliver(request(http.url), 0.5, NOW)
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize("mood", ["silent", "reset", "close"])
def test_an_answer_that_is_lost_is_uncertain(http, mood):
    http.mood = mood
    with pytest.raises(TransportError) as caught:
        deliver(request(http.url), 0.3)
    assert (caught.value.permanent, caught.value.uncertain) == (False, True)


def test_an_answer_that_ends_before_its_time_has_said_enough(http):
    http.mood = "half"
    assert deliver(request(http.url), 0.5).status == 200


def test_a_server_that_drips_is_not_waited_for(http):
    http.mood = "drip"
    began = monotonic()
    assert deliver(request(http.url), 0.3).status == 200
    assert monotonic() - began < 0.8


def test_more_than_is_worth_reading_is_left(http):
    http.answer(200, b"x" * (LONGEST_ANSWER + 5000))
    assert len(deliver(request(http.url), 2.0).body) == LONGEST_ANSWER


def test_no_server_means_that_nothing_was_sent(unused_port):
    with pytest.raises(TransportError) as caught:
        deliver(request(f"http://127.0.0.1:{unused_port}"), 0.5)
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)


@pytest.mark.parametrize("url", ["", "anna", "ftp://x/y", "http://", "http://[", "http://x:port/", "http:///x"])
def test_what_is_no_address_is_final(url):
    with pytest.raises(TransportError) as caught:
        deliver(request(url), 0.5)
    assert caught.value.permanent


def test_what_cannot_be_written_is_final(http):
    long = b"x" * (LONGEST_REQUEST + 1)
    for changes in ({"headers": {"X": "a\r\nB: c"}}, {"url": http.url + "/a b"}, {"body": long}):
        with pytest.raises(TransportError) as caught:
            deliver(request(http.url)._replace(**changes), 0.5)
        assert caught.value.permanent
    assert http.received == []


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.org/x", True),
        ("http://127.0.0.1:80", True),
        ("http://a.org", False),
        ("", False),
        ("http://[", False),
    ],
)
def test_which_addresses_nobody_reads_on_the_way(url, safe):
    assert is_protected(url) is safe
