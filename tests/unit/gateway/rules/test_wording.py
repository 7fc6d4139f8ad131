"""What contacts are told: in both languages, short, without a name."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.vocabulary import CALLS
from gateway.rules import wording
from gateway.rules.calls import Call

ROME = ZoneInfo("Europe/Rome")
AT_MS = round(datetime(2026, 3, 1, 9, 4, tzinfo=UTC).timestamp() * 1000)


def test_every_call_has_its_words_in_both_languages() -> None:
    assert set(wording.WHAT["it"]) == set(wording.WHAT["en"]) == CALLS


def test_it_says_what_where_and_when_in_the_home_time() -> None:
    call = Call(1, "0xa/smoke", AT_MS)
    assert wording.called("gw-12", call, "cucina", "it", ROME, AT_MS) == (
        "Vicino, casa gw-12: rilevato fumo (cucina) alle 10:04. La centrale non risponde: chiama o vai a vedere."
    )
    assert "on 01/03 at 10:04" in wording.called("gw-12", call, "", "en", ROME, AT_MS + 86_400_000)
    assert wording.withdrawn("gw-12", Call(1, "a/sos_button", AT_MS), "it", ROME, AT_MS) == (
        "Vicino, casa gw-12: annullato in casa con il pulsante (pulsante SOS premuto alle 10:04)."
        " Accertati che vada tutto bene."
    )


def test_a_time_in_doubt_is_not_said() -> None:
    assert "poco fa" in wording.called("gw-12", Call(1, "a/fall", AT_MS, in_doubt=True), "", "it", ROME, AT_MS)


@pytest.mark.parametrize("language", ["it", "en"])
def test_it_fits_two_parts_of_a_text_message(language: wording.Language) -> None:
    for quantity in sorted(CALLS):
        words = wording.called("gateway-0123456", Call(1, f"a/{quantity}", AT_MS), "soggiorno", language, ROME, 0)
        assert len(words) <= 2 * 67 + 20
