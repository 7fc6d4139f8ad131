"""What the bytes of known models mean, by the examples in their vendors' documents."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.decoded import Refusal
from devices.decoders.lorawan.fields import measure
from devices.decoders.lorawan.payloads.models import DECODERS, decode_payload

EXAMPLES: list[tuple[str, int, str, dict[str, Any]]] = [
    ("ws202", 85, "017510 030001 040000", {"battery": 16, "occupancy": 1}),
    ("ws101", 85, "017510 FF2E01", {"battery": 16, "sos_button": 1}),
    ("ws301", 85, "017564 030001 040001", {"battery": 100, "contact": 0, "tamper": 1}),
    (
        "ws203", 85, "017564 03671A01 04687B 050001",
        {"battery": 100, "temperature": 28.2, "humidity": 61.5, "occupancy": 1},
    ),
    ("ws303", 85, "017564 030001", {"battery": 100, "water_leak": 1}),
    (
        "ws523", 85, "087001 05812C 07C94A00 03743009 068309660000 048007000000",
        {"voltage": 235.2, "energy": 26.121, "power": 7},
    ),
    ("vs330", 85, "017562 02820F00 038E01 048E01", {"battery": 98, "occupancy": 1}),
    ("vs370", 85, "017564 030001 040000", {"battery": 100, "occupancy": 1}),
    (
        "vs321", 85, "017561 03671A01 04687B 05FD0200",
        {"battery": 97, "temperature": 28.2, "humidity": 61.5, "presence": 1},
    ),
    ("vs321", 85, "05FD0000 0367FFFF 0468FF", {"presence": 0}),
    ("vs373", 85, "03F8040000000000", {"presence": 1, "fall": 1}),
    ("vs373", 85, "03F802010A003C00 04F900010101", {"presence": 1, "bed_occupancy": 1, "fall": 0}),
    ("vs373", 85, "06FB01000001FF", {"fall": 1}),
    ("vs373", 85, "06FB01000002FF", {"fall": 0}),
    ("vs373", 85, "06FB0100030102", {}),
    ("gs101", 85, "058E01 060100", {"gas": 1}),
    ("em300-th", 85, "01755C 03673401 046865", {"battery": 92, "temperature": 30.8, "humidity": 50.5}),
    (
        "em300-mcs", 85, "01755C 03673401 046865 060001",
        {"battery": 92, "temperature": 30.8, "humidity": 50.5, "contact": 0},
    ),
    (
        "am103", 85, "017564 03671801 04686D 077DC501",
        {"battery": 100, "temperature": 28, "humidity": 54.5, "carbon_dioxide": 453},
    ),
    (
        "am107", 85, "01755C 03673401 046865 056A4900 06651C0079001400 077DE704 087D0700 09733F27",
        {
            "battery": 92, "temperature": 30.8, "humidity": 50.5, "illuminance": 28, "carbon_dioxide": 1255,
            "pressure": 1004.7,
        },
    ),
    (
        "am307", 85, "0367EE00 04687C 050001 06CB02 077DA803 087D2500 09736627",
        {
            "temperature": 23.8, "humidity": 62, "occupancy": 1, "carbon_dioxide": 936, "pressure": 1008.6,
            "light_level": 2,
        },
    ),
    ("lht52", 2, "08CD 0220 7FFF 01 61CD4EDD", {"temperature": 22.53, "humidity": 54.4}),
    ("lds02", 10, "8BB8 01 000005 00000A 00", {"voltage": 3.0, "contact": 0}),
    ("lds02", 10, "0BB8 01 000005 00000A 00", {"voltage": 3.0, "contact": 1}),
    ("lwl02", 10, "4BB8 02 000005 00000A 00", {"voltage": 3.0, "water_leak": 1}),
    ("tbms100", 102, "01 CB 35 0000 8A3A00", {"voltage": 3.6, "occupancy": 1, "device_temperature": 21}),
    ("tbdw100", 100, "00 CB 35 0000 8A3A00", {"voltage": 3.6, "contact": 1, "device_temperature": 21}),
    ("tbdw100", 100, "01 CB 35 0000 8A3A00", {"voltage": 3.6, "contact": 0, "device_temperature": 21}),
    (
        "tbwl100", 106, "01 0B 35 2D 36",
        {"voltage": 3.6, "water_leak": 1, "humidity": 45, "temperature": 22, "device_temperature": 21},
    ),
    ("tbhh100", 103, "00 0B 35 2D", {"voltage": 3.6, "humidity": 45, "temperature": 21}),
    ("tbpb100", 147, "01 0B 35", {"voltage": 3.6, "sos_button": 1, "device_temperature": 21}),
    ("tbpb100", 147, "00 0B 35", {"voltage": 3.6, "device_temperature": 21}),
    ("ers", 5, "0100E2 0229 040027 0506 060308 070D62", {
        "temperature": 22.6, "humidity": 41, "illuminance": 39, "motion": 1, "carbon_dioxide": 776, "voltage": 3.426,
    }),
    ("ers", 5, "0500", {}),
    ("ems", 5, "1201 0F03", {"water_leak": 1, "vibration": 1}),
    ("ers-desk", 5, "1102", {"occupancy": 1}),
    ("cayenne", 1, "036700FF 026850 056601", {"temperature": 25.5, "humidity": 40, "presence": 1}),
    ("sd-1001", 8, "01005F 030001 050000", {"battery": 95, "battery_low": 1, "smoke": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("model", "port", "payload", "expected"), EXAMPLES)
def test_payloads_measure_what_they_say(model: str, port: int, payload: str, expected: dict[str, Any]) -> None:
    found = decode_payload([model], port, bytes.fromhex(payload))
    assert not isinstance(found, Refusal)
    assert {each.quantity: each.value for each in measure(found).measurements} == expected


def test_every_decoder_has_an_example() -> None:
    shared = {id(DECODERS[model]) for model, *_ in EXAMPLES}
    lacking = {model for model, decode in DECODERS.items() if id(decode) not in shared}
    # Of the family whose other models are above, or in the recorded payloads.
    assert lacking <= {
        "am102", "am104", "am308", "am319", "em320-th", "em300-sld", "em300-zld", "em300-sld-zld", "em500-pt100",
        "em500-co2", "vs340", "vs341", "ws525", "ws513", "ws515", "lht65", "lht65n", "lht65s",
    }  # fmt: skip


def test_what_a_device_kept_while_it_was_not_heard_counts_at_its_own_time() -> None:
    found = decode_payload(["em300-mcs"], 85, bytes.fromhex("20CE9E74466310015D01 20CE0000000010015D00 01755C"))
    assert not isinstance(found, Refusal)
    mapped = measure(found)
    assert {each.quantity: each.value for each in mapped.measurements} == {"battery": 92}
    # The second entry's clock was never set.
    (earlier,) = mapped.earlier
    assert earlier.at.timestamp() == 1665561758
    assert {each.quantity: each.value for each in earlier.measurements} == {
        "temperature": 27.2, "humidity": 46.5, "contact": 0,
    }  # fmt: skip


def test_what_is_before_something_unknown_counts() -> None:
    found = decode_payload(["ws202"], 85, bytes.fromhex("017510 EE99 030001"))
    assert found == {"battery": 16, "undecoded": "ee99030001"}
    cut = decode_payload(["em300-th"], 85, bytes.fromhex("017510 0367FF"))
    assert cut == {"battery": 16, "undecoded": "0367ff"}


@pytest.mark.parametrize(
    ("model", "port", "payload", "reason"),
    [
        ("ws202", 85, "EE99", "payload"), ("lht65", 5, "00" * 11, "payload"),
        ("lds02", 10, "0BB809" + "00" * 7, "payload"),
        ("tbms100", 204, "00", "payload"), ("cayenne", 1, "01FF", "payload"), ("sd1001", 50, "00", "payload"),
        ("sd1001", 8, "050007", "payload"), ("ers", 5, "FF", "payload"), ("unheard-of", 1, "00", "codec"),
    ],
)  # fmt: skip
def test_what_no_such_device_sends_is_refused(model: str, port: int, payload: str, reason: str) -> None:
    found = decode_payload([model], port, bytes.fromhex(payload))
    assert isinstance(found, Refusal)
    assert found.reason == reason


@given(st.sampled_from(sorted(DECODERS)), st.integers(0, 255), st.binary(max_size=64))
def test_no_bytes_of_a_device_raise(model: str, port: int, payload: bytes) -> None:
    found = decode_payload([model], port, payload)
    if not isinstance(found, Refusal):
        assert all(abs(each.value) < 1e12 for each in measure(found).measurements)
