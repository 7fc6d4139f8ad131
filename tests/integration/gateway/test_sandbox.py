"""Codecs in JavaScript that are what they should be, and codecs that mean harm. All were written for these tests."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import VicinoError
from devices.decoders.decoded import Refusal
from devices.decoders.lorawan.report import Device, Frame
from gateway.codecs.sandbox import Sandbox
from gateway.codecs.scripts import payload_decoder, read_scripts
from gateway.codecs.worker import ANSWER_CHARACTERS

PAYLOAD = bytes([1, 2, 250])
GOOD = "function decodeUplink(input) { return { data: { temperature: input.bytes[2] / 10 } }; }"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(patience_s=2.0) as found:
        yield found


@pytest.mark.parametrize(
    "script",
    [
        "function decodeUplink(input) { return { data: { bytes: input.bytes, port: input.fPort }, errors: [] }; }",
        "const decodeUplink = ({ bytes, fPort }) => ({ data: { bytes, port: fPort } });",
        "function Decode(fPort, bytes, variables) { return { bytes: bytes, port: fPort }; }",
        "function Decoder(bytes, port) { return { bytes: bytes, port: port }; }",
        "function Decoder() { return 1; } const decodeUplink = (i) => ({ data: { bytes: i.bytes, port: i.fPort } });",
    ],
)  # fmt: skip
def test_all_signatures_are_understood(sandbox: Sandbox, script: str) -> None:
    assert sandbox.decode(script, 5, PAYLOAD) == {"bytes": [1, 2, 250], "port": 5}


# What the engine itself stops or refuses. The name tells what the script tries.
HOSTILE = {
    "endless loop": "function decodeUplink() { while (true); }",
    "endless loop while it is read": "for (;;);",
    "endless recursion": "function decodeUplink(i) { return decodeUplink(i); }",
    "memory in arrays": "function decodeUplink() { const a = []; for (;;) a.push(new Array(100000).fill(1)); }",
    "memory in a string": "function decodeUplink() { let s = 'x'; for (;;) s += s; }",
    "memory in a buffer": "function Decode() { return { n: new ArrayBuffer(2 ** 33).byteLength }; }",
    "shared memory": "function Decode() { return { n: new SharedArrayBuffer(2 ** 29).byteLength }; }",
    "waiting": "const a = new Int32Array(new SharedArrayBuffer(4)); const Decode = () => Atomics.wait(a, 0, 0, 1e9);",
    "a slow expression": "function decodeUplink() { return { data: { a: /(a+)+$/.test('a'.repeat(60) + 'b') } }; }",
    "a huge answer": "function decodeUplink() { return { data: { s: 'x'.repeat(1e6) } }; }",
    "a deep answer": "function Decode() { let a = {}; for (let n = 0; n < 1e5; n++) a = { a }; return a; }",
    "a circular answer": "function decodeUplink() { const a = {}; a.a = a; return { data: a }; }",
    "an endless conversion": "function decodeUplink() { return { data: { toJSON() { for (;;); } } }; }",
    "an endless property": "function decodeUplink() { return { get data() { for (;;); } }; }",
    "a changed Object": "Object.prototype.toJSON = function () { return { a: this }; }; const Decode = () => ({});",
    "throwing": "function decodeUplink() { throw new Error('a reason'); }",
    "throwing nothing": "function decodeUplink() { throw null; }",
    "throwing a long Error": "class E extends Error {} function decodeUplink() { throw new E('x'.repeat(1e5)); }",
    "an error of its device": "function decodeUplink() { return { errors: ['unknown FPort'] }; }",
    "an answer that is no object": "function decodeUplink() { return { data: 7 }; }",
    "an answer that is a list": "function decodeUplink() { return { data: [1] }; }",
    "no answer": "function decodeUplink() { }",
    "an answer later": "async function decodeUplink() { return { data: {} }; }",
    "a number too large": "function decodeUplink() { return { data: { n: 10n } }; }",
    "no function": "const nothing = 1;",
    "no script": "",
    "no JavaScript": "function (",
    "half a character": "function decodeUplink() { return { data: { s: '\\ud800' } }; }",
    "importing": "import os from 'os'; function decodeUplink() { return { data: {} }; }",
}  # fmt: skip


@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_means_harm_is_refused_and_the_next_is_served(sandbox: Sandbox, script: str) -> None:
    found = sandbox.decode(script, 5, PAYLOAD)
    assert isinstance(found, Refusal)
    assert found.reason == "script"
    assert 0 < len(found.detail) <= 200
    assert sandbox.decode(GOOD, 5, PAYLOAD) == {"temperature": 25.0}


# These get around the limits of the engine: only the process that runs it can be ended.
@pytest.mark.parametrize(
    "script",
    [
        "function decodeUplink() { return { data: { a: Array.prototype.join.call({ length: 2 ** 32 - 2 }, '') } }; }",
        "function decodeUplink() { throw { toString() { for (;;); } }; }",
    ],
)
def test_what_cannot_be_stopped_is_ended_and_not_tried_for_ever(script: str) -> None:
    with Sandbox(patience_s=0.6) as sandbox:
        for _ in range(3):
            found = sandbox.decode(script, 5, PAYLOAD)
            assert isinstance(found, Refusal)
        started = time.monotonic()
        found = sandbox.decode(script, 5, PAYLOAD)
        assert isinstance(found, Refusal)
        assert "not run any more" in found.detail
        assert time.monotonic() - started < 0.3
        assert sandbox.decode(GOOD, 5, PAYLOAD) == {"temperature": 25.0}


def test_there_is_nothing_to_reach(sandbox: Sandbox) -> None:
    names = (
        "std os require process fetch load print console setTimeout Worker WebAssembly XMLHttpRequest scriptArgs bjson"
    )
    script = f"""function decodeUplink() {{
        const there = [{", ".join(f"typeof {name}" for name in names.split())}].filter((kind) => kind !== "undefined");
        return {{ data: {{ there, of: Object.keys(globalThis) }} }};
    }}"""
    assert sandbox.decode(script, 5, PAYLOAD) == {"there": [], "of": ["performance", "decodeUplink"]}
    # Whatever is reached through a function of ours is of the script's own world.
    script = (
        "function decodeUplink(i) { return { data: { a: typeof i.constructor.constructor('return this')().os } }; }"
    )
    assert sandbox.decode(script, 5, PAYLOAD) == {"a": "undefined"}


def test_a_script_cannot_leave_anything_for_another(sandbox: Sandbox) -> None:
    thief = """JSON.stringify = () => '{"data": {"temperature": 99}}';
        Array.prototype.push = () => 0; globalThis.left = 1; Object.freeze(Object.prototype);
        function decodeUplink() { return { data: { own: 1 } }; }"""
    assert sandbox.decode(thief, 5, PAYLOAD) == {"own": 1}
    assert sandbox.decode(GOOD, 5, PAYLOAD) == {"temperature": 25.0}
    after = "function decodeUplink() { const a = []; a.push(1); return { data: { n: a.length, left: typeof left } }; }"
    assert sandbox.decode(after, 5, PAYLOAD) == {"n": 1, "left": "undefined"}


def test_the_worker_has_no_secrets_and_limits_of_its_own(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VICINO_BROKER_URL", "mqtt://user:secret@broker")
    with Sandbox() as fresh:
        assert fresh.decode(GOOD, 5, PAYLOAD) == {"temperature": 25.0}
        assert fresh._process is not None
        worker = psutil.Process(fresh._process.pid)
        assert "secret" not in str(worker.environ())
        assert worker.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
        assert worker.memory_info().rss < 60 * 1024 * 1024
        # Killed from outside: another one is there for the next.
        worker.kill()
        worker.wait()
        assert isinstance(fresh.decode(GOOD, 5, PAYLOAD), Refusal | dict)
        assert fresh.decode(GOOD, 5, PAYLOAD) == {"temperature": 25.0}
    assert not psutil.pid_exists(worker.pid)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.integers(0, 255), st.binary(max_size=40))
def test_no_text_is_more_than_refused(sandbox: Sandbox, text: str, port: int, payload: bytes) -> None:
    for script in (text, f"function decodeUplink(i) {{ {text} }}", f"function Decoder(b, p) {{ return {text}; }}"):
        assert isinstance(sandbox.decode(script, port, payload), dict | Refusal)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=242), st.integers(0, 255))
def test_bytes_come_as_they_are(sandbox: Sandbox, payload: bytes, port: int) -> None:
    script = "function Decode(port, bytes) { return { port, bytes }; }"
    assert sandbox.decode(script, port, payload) == {"port": port, "bytes": list(payload)}


def test_an_answer_may_have_so_much(sandbox: Sandbox) -> None:
    script = "function Decode() {{ return {{ s: 'x'.repeat({}) }}; }}"
    assert sandbox.decode(script.format(ANSWER_CHARACTERS - 100), 1, b"") == {"s": "x" * (ANSWER_CHARACTERS - 100)}
    assert isinstance(sandbox.decode(script.format(ANSWER_CHARACTERS), 1, b""), Refusal)


def test_a_script_for_a_model_goes_before_what_is_known(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "em300-th.js").write_text(GOOD)
    (tmp_path / "README").write_text("no script")
    decode = payload_decoder(read_scripts(tmp_path), sandbox)
    frame = Frame("s", 1, 85, PAYLOAD)
    assert decode(Device("k", "n", ("Milesight EM300-TH-868",)), frame) == {"temperature": 25.0}
    known: Any = decode(Device("k", "n", ("WS202",)), frame._replace(payload=b"\x01\x75\x10"))
    assert known == {"battery": 16}


def test_a_folder_of_scripts_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        (tmp_path / "bad.js").write_bytes(b"\xff\xfe")
        with pytest.raises(VicinoError, match="cannot be read"):
            read_scripts(folder)
    (tmp_path / "bad.js").write_text(" " * 2_000_000)
    with pytest.raises(VicinoError, match="larger"):
        read_scripts(tmp_path)
