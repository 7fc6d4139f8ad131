import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.receipts.reports import LONGEST_REPORT, Report, What, read

JSON, FORM = "application/json; charset=utf-8", "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("said", "report"),
    [
        ({"status": "delivered"}, Report(What.DELIVERED)),
        ({"MessageStatus": "DELIVERED", "To": "+39333"}, Report(What.DELIVERED)),
        ({"event": {"type": "message.phone.delivered", "status": "Delivered"}}, Report(What.DELIVERED)),
        ({"results": [{"status": {"name": "x"}, "state": "DELIVRD"}]}, Report(What.DELIVERED)),
        ({"status": "read"}, Report(What.READ)),
        ({"CallStatus": "no-answer"}, Report(What.FAILED)),
        ({"status": "undelivered", "detail": {"status": "delivered"}}, Report(What.FAILED)),
        ({"status": "queued"}, Report()),
        ({"digits": "1"}, Report(None, "1")),
        ({"dtmf": "1", "CallStatus": "completed"}, Report(What.DELIVERED, "1")),
        ({"digits": "12"}, Report()),
        ({}, Report()),
        (["delivered"], Report()),
    ],
)
def test_what_services_say(said, report):
    assert read(json.dumps(said).encode(), JSON) == report


def test_forms():
    assert read(urlencode({"MessageStatus": "failed"}).encode(), FORM) == Report(What.FAILED)
    assert read(b"Digits=1", FORM) == Report(None, "1")


@given(st.binary(max_size=300), st.sampled_from([JSON, FORM, ""]))
def test_nothing_that_is_sent_breaks_it(body, content_type):
    assert isinstance(read(body, content_type), Report)


def test_what_is_too_long_is_not_read():
    assert read(b'{"status": "failed", "x": "' + b"x" * LONGEST_REPORT + b'"}', JSON) == Report()
