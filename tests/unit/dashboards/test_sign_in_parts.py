import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import SimulatedClock
from core.notices import Notice
from dashboards.live import News, Word, read
from dashboards.throttle import FORGOTTEN_AFTER_S, LONGEST_WAIT_S, SignInThrottle
from dashboards.tokens import digest, masked, new_token, proves
from dashboards.visitors import local_path, sign_in_address
from tests.unit.dashboards.moment import NOW


def test_a_masked_token_proves_itself_and_never_looks_the_same() -> None:
    token = new_token()
    assert masked(token) != masked(token)
    assert proves(masked(token), token)
    assert not proves(masked(token), new_token())
    assert not proves(token, token)
    assert digest(token) != digest(new_token())


@given(st.text(max_size=200))
def test_no_other_text_proves_anything(text: str) -> None:
    assert not proves(text, new_token())
    assert not proves(text, "")


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "x", "/a\nb", "/\t/evil"],
)
def test_sign_in_never_leads_to_a_foreign_site(wanted: str) -> None:
    assert local_path(wanted) == "/"


@given(st.text(max_size=40))
def test_wherever_sign_in_leads_is_local(wanted: str) -> None:
    path = local_path(wanted)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))


def test_sign_in_leads_back_to_the_page_that_was_wanted() -> None:
    assert sign_in_address("/alerts/1?x=2") == "/sign-in?next=/alerts/1%3Fx%3D2"
    assert sign_in_address("/") == "/sign-in"


def test_guessing_gets_slow_but_the_owner_elsewhere_never_waits() -> None:
    clock = SimulatedClock(NOW)
    throttle = SignInThrottle(clock)
    for _ in range(2):
        throttle.failed("anna", "10.0.0.9")
    assert throttle.wait_s("anna", "10.0.0.9") == 0
    for _ in range(40):
        throttle.failed("anna", "10.0.0.9")
    assert throttle.wait_s("anna", "10.0.0.9") == LONGEST_WAIT_S
    assert throttle.wait_s("anna", "10.0.0.1") == 0
    clock.advance(LONGEST_WAIT_S)
    assert throttle.wait_s("anna", "10.0.0.9") == 0
    throttle.failed("anna", "10.0.0.9")
    assert throttle.wait_s("anna", "10.0.0.9") > 0
    clock.advance(FORGOTTEN_AFTER_S + 1)
    assert throttle.wait_s("anna", "10.0.0.9") == 0
    throttle.failed("anna", "10.0.0.9")
    throttle.succeeded("anna", "10.0.0.9")
    assert throttle.wait_s("anna", "10.0.0.9") == 0


def test_a_new_safety_alert_is_urgent_news_for_its_organisation_only() -> None:
    said = '{"organisation": 7, "alert": "x", "family": "safety", "state": "new"}'
    assert read(Notice("vicino_alert_changed", said)) == News(7, frozenset({Word.CHANGED, Word.URGENT}))
    taken = said.replace('"new"', '"in_charge"')
    assert read(Notice("vicino_alert_changed", taken)) == News(7, frozenset({Word.CHANGED}))


@given(st.text(max_size=60))
def test_a_notice_nobody_understands_only_says_that_something_changed(text: str) -> None:
    assert Word.URGENT not in read(Notice("vicino_status", text)).words


def test_what_became_of_a_message_concerns_only_who_shows_that() -> None:
    assert read(Notice("vicino_told", '{"organisation": 7}')) == News(7, frozenset({Word.TOLD}))
