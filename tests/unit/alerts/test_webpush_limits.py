"""Which hosts messages for browsers may go to."""

import pytest

from alerts.channels.webpush.limits import may_send_to

SERVICES = ("fcm.example.org", "*.push.example.com", "127.0.0.1:8123")


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("https://fcm.example.org/send/abc", True),
        ("https://FCM.example.org:443/send/abc", True),
        ("https://web.push.example.com/abc", True),
        ("http://127.0.0.1:8123/send", True),
        ("https://push.example.com/abc", False),
        ("https://evilpush.example.com/abc", False),
        ("https://web.push.example.com.evil.org/abc", False),
        ("https://fcm.example.org:8443/abc", False),
        ("https://fcm.example.org@evil.org/abc", False),
        ("https://user@fcm.example.org/abc", False),
        ("http://fcm.example.org/send/abc", False),
        ("http://127.0.0.1:22/", False),
        ("http://localhost/", False),
        ("ftp://fcm.example.org/", False),
        ("https://fcm.example.org/a b", False),
        ("https://fcm.example.org/\r\nX: y", False),
        ("https://fcm.example.org/#x", False),
        ("https://fcm.example.org/" + "a" * 2_000, False),
        ("https://fcm.example.org:port/", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_only_push_services_are_sent_to(endpoint: str, allowed: bool) -> None:
    assert may_send_to(endpoint, SERVICES) is allowed
