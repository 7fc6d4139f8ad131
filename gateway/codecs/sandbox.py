"""Runs scripts in the worker process: never waits long for one, and never lets it do harm."""

import hashlib
import json
import selectors
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import msgspec

from core.log import logger
from devices.decoders.decoded import Refusal

PATIENCE_S = 2.0
# A script that was so often the end of the worker is not tried again until it is another one.
_MOST_KILLS = 3
_MOST_ANSWER_BYTES = 512 * 1024
_WORKER = Path(__file__).with_name("worker.py")


class Sandbox:
    """One worker process, started when it is needed and replaced when it has failed. Threads may share it."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._process: subprocess.Popen[bytes] | None = None
        self._mutex = threading.Lock()
        self._kills: Counter[bytes] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the worker process."""
        with self._mutex:
            self._end()

    def decode(self, script: str, port: int, payload: bytes) -> Mapping[str, Any] | Refusal:
        """Return the named values that `script` makes of a payload, or why there are none."""
        name = hashlib.blake2b(script.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        with self._mutex:
            if self._kills[name] >= _MOST_KILLS:
                return Refusal("script", "The script is not run any more: it never came to an end.")
            said = self._ask(json.dumps({"script": script, "port": port, "payload": payload.hex()}).encode() + b"\n")
            if said is None:
                self._end()
                self._kills[name] += 1
                logger().warning("codec ended by force", count=self._kills[name])
                return Refusal("script", "The script had to be ended by force.")
        return _read(said)

    def _ask(self, request: bytes) -> bytes | None:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(request)
            process.stdin.flush()
        except OSError:
            return None
        deadline = time.monotonic() + self._patience_s
        said = b""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not said.endswith(b"\n") and len(said) <= _MOST_ANSWER_BYTES:
                left_s = deadline - time.monotonic()
                if left_s <= 0 or not selector.select(left_s):
                    return None
                found = process.stdout.read(65_536)
                if not found:
                    return None
                said += found
        return said if said.endswith(b"\n") else None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            # Nothing of ours is handed on: no environment with its secrets, no open files.
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(_WORKER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd="/",
                env={},
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _read(said: bytes) -> Mapping[str, Any] | Refusal:
    try:
        answer = msgspec.json.decode(said)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Refusal("script", "The script's answer is not JSON.")
    data = answer.get("data") if isinstance(answer, dict) else None
    if isinstance(data, dict):
        return data
    reason = answer.get("error") if isinstance(answer, dict) else None
    return Refusal("script", reason if isinstance(reason, str) else "The script returned no object.")
