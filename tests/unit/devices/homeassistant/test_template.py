"""The part of the template language that is read, and that everything else is refused before it is used."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.decoders.homeassistant.template import TemplateError, compile_template
from devices.decoders.homeassistant.template_values import Message, Undefined, render

STATE = {
    "temperature": 21.456, "battery": "87", "occupancy": True, "door": False, "a b": 3, "list": [10, 20],
    "wifi": {"rssi": -60, "bands": [{"n": 1}]}, "state": "open", "nothing": None, "7": "seven",
}  # fmt: skip


def evaluated(source: str, payload: Any = STATE) -> Any:
    value = payload if isinstance(payload, str) else json.dumps(payload)
    try:
        parsed = json.loads(value)
    except ValueError:
        parsed = None
    return compile_template(source)(Message(value, parsed))


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ value_json.temperature }}", 21.456),
        ("{{value_json['temperature']|round(1)}}", 21.5),
        ('{{ value_json["a b"] }}', 3),
        ("{{ value_json.wifi.rssi | int }}", -60),
        ("{{ value_json.wifi.bands[0].n }}", 1),
        ("{{ value_json.list[1] / 10 }}", 2.0),
        ("{{ value_json.battery | float }}", 87.0),
        ("{{ (value_json.battery | float * 2) | round }}", 174),
        ("{{ value_json.battery | float / 2 + 1.5 }}", 45.0),
        ("{{- value_json.occupancy -}}", True),
        ("{{ 'ON' if value_json.occupancy else 'OFF' }}", "ON"),
        ("{{ 'ON' if value_json.door else 'OFF' }}", "OFF"),
        ("{{ 'ON' if value_json.state == 'open' else 'OFF' }}", "ON"),
        ("{{ 'ON' if value_json.state != 'open' and value_json.door == false else 'OFF' }}", "OFF"),
        ("{{ 'ON' if not value_json.door or value_json.missing > 3 else 'OFF' }}", "ON"),
        ("{{ 'a' if value_json.list[0] >= 10 else 'b' if value_json.door else 'c' }}", "a"),
        ("{{ value_json.missing | default(5) }}", 5.0),
        ("{{ value_json.missing | float(0) }}", 0.0),
        ("{{ value_json.missing | float(default=-1) }}", -1.0),
        ("{{ value_json.get('state') }}", "open"),
        ("{{ value_json.state | upper }}", "OPEN"),
        ("{{ value_json.state is defined }}", True),
        ("{{ value_json.missing is not defined }}", True),
        ("{% if value_json.occupancy %}ON{% else %}OFF{% endif %}", "ON"),
        ("{% if value_json.door %}1{% elif value_json.list[0] == 10 %} {{ value_json.state }} {% else %}0{% endif %}",
         "open"),
        ("{%- if value_json.list[0] > 50 -%}ON{%- else -%}OFF{%- endif -%}", "OFF"),
        ("fixed", "fixed"),
        ("{{ value }}", json.dumps(STATE)),
    ],
)  # fmt: skip
def test_what_is_read(source: str, result: Any) -> None:
    assert evaluated(source) == result


@pytest.mark.parametrize(
    "source",
    [
        "{{ value_json.missing }}", "{{ value_json.missing.more }}", "{{ value_json.list[7] }}",
        "{{ value_json.nothing }}",
        "{{ value_json.missing | is_defined }}", "{{ value_json.state | float }}", "{{ value_json.state * 2 }}",
        "{{ value_json.temperature / 0 }}", "{{ value_json.missing | round(2) }}", "{{ value_json.state < 3 }}",
    ],
)  # fmt: skip
def test_what_a_message_lacks_is_undefined(source: str) -> None:
    with pytest.raises(Undefined):
        evaluated(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ states('sensor.x') }}", "{{ value_json.x | timestamp_custom('%H') }}", "{% set x = 1 %}{{ x }}",
        "{% for a in value_json %}{{ a }}{% endfor %}", "{{ value_json.a }} {{ value_json.b }}", "{{ now() }}",
        "{{ value.split(',')[0] }}", "{{ ''.__class__ }}", "{{ value_json.a() }}", "{{ value_json[x] }}", "{{ }}",
        "{{ value_json. }}", "{{ 1 +", "{{ value_json.a | float( value_json.b ) }}", "{{ {'a': 1}[value] }}",
        "{{ [1,2] }}",
        "{% if value %}a{% if value %}b{% endif %}{% endif %}", "{% if value %}a", "{# remark #}", "{{ a if }}",
        "{{ value_json.a ** 9 }}", "{{ " + "(" * 300 + "value" + ")" * 300 + " }}", "{{ value ~ 'x' }}", "x" * 2_000,
    ],
)  # fmt: skip
def test_everything_else_is_refused_when_it_is_read(source: str) -> None:
    with pytest.raises(TemplateError):
        compile_template(source)


def test_values_are_written_as_the_language_does() -> None:
    assert [render(value) for value in (True, False, 1, 2.0, 2.5, "x", None)] == [
        "True", "False", "1", "2.0", "2.5", "x", "None",
    ]  # fmt: skip


PIECES = st.sampled_from(
    ["value_json", "value", ".", "a", "[", "]", "(", ")", "'x'", "0", "1.5", "|", "float", "round", "default", "if",
     "else", "not", "and", "or", "is", "defined", "==", "<", "+", "-", "*", "/", "%", ",",
     "{%", "%}", "endif", "{{", "}}"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14), st.sampled_from(['{"a": 1}', '{"a": "x"}', "[1]", "text", "1"]))
@example(["value_json", ".", "a", "|", "float", "(", "'x'", ")"], '{"b": 1}')
def test_whatever_stands_in_a_template_it_is_read_refused_or_undefined(pieces: list[str], payload: str) -> None:
    with suppress(TemplateError, Undefined):
        evaluated(f"{{{{ {' '.join(pieces)} }}}}", payload)
