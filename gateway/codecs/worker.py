"""The process that runs codecs: a request a line comes in, an answer a line goes out. It imports nothing of ours.

Each call has a new engine without files, network, timers or anything else of the outside, with limits of memory, stack
and time. Whatever gets around them meets the limits of the process, and the patience of the one who asked.
"""

import json
import resource
import sys
from contextlib import suppress

import quickjs

MEMORY_BYTES = 16 * 1024 * 1024
STACK_BYTES = 256 * 1024
TIME_S = 0.25
ANSWER_CHARACTERS = 64 * 1024
_ADDRESS_SPACE_BYTES = 1024 * 1024 * 1024

# Made before the codec is read, so that the codec cannot put other functions in the place of those used here.
_CALL = """
(() => {
  "use strict";
  const { parse, stringify } = JSON;
  return (bytes, port, limit) => {
    const list = parse(bytes);
    let data;
    if (typeof decodeUplink === "function") {
      const result = decodeUplink({ bytes: list, fPort: port, variables: {} });
      const errors = result && result.errors;
      if (errors && errors.length) {
        return stringify({ error: `${errors[0]}`.slice(0, 200) });
      }
      data = result && result.data;
    } else if (typeof Decode === "function") {
      data = Decode(port, list, {});
    } else if (typeof Decoder === "function") {
      data = Decoder(list, port);
    } else {
      return stringify({ error: "The script has no function decodeUplink, Decode or Decoder." });
    }
    if (data === null || typeof data !== "object") {
      return stringify({ error: "The script returned no object." });
    }
    const text = stringify({ data });
    return text.length > limit ? stringify({ error: "The script returned too much." }) : text;
  };
})()
"""


def answer(script: str, port: int, payload: bytes) -> str:
    """Return what `script` makes of a payload, as JSON with `data`, or `error` with the reason."""
    try:
        context = quickjs.Context()
        context.set_memory_limit(MEMORY_BYTES)
        context.set_max_stack_size(STACK_BYTES)
        context.set_time_limit(TIME_S)
        call = context.eval(_CALL)
        context.eval(script)
        said = call(json.dumps(list(payload)), port, ANSWER_CHARACTERS)
    except (quickjs.JSException, MemoryError, RecursionError, ValueError, TypeError) as error:
        return json.dumps({"error": str(error).partition("\n")[0][:200] or type(error).__name__})
    return said if isinstance(said, str) and "\n" not in said else json.dumps({"error": "The script gave no answer."})


def main() -> None:
    """Answer until there is nobody to ask any more."""
    for limit, value in (
        (resource.RLIMIT_AS, _ADDRESS_SPACE_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.write(answer(asked["script"], asked["port"], bytes.fromhex(asked["payload"])) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
