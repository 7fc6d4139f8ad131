"""The bytes of a rejected message as people can read them. Pure."""

import json

HEX_COLUMNS = 16
HEX_ROWS = 64
_PRINTABLE = range(0x20, 0x7F)


def written(payload: bytes) -> str:
    """Return bytes as JSON with line breaks, in plain ASCII, or as a hex dump of their beginning if they are none."""
    try:
        return json.dumps(json.loads(payload), indent=2)
    except (ValueError, RecursionError):
        return hex_dump(payload)


def hex_dump(payload: bytes) -> str:
    """Return the beginning of `payload` as rows of offset, bytes and letters."""
    rows = []
    for start in range(0, min(len(payload), HEX_COLUMNS * HEX_ROWS), HEX_COLUMNS):
        part = payload[start : start + HEX_COLUMNS]
        letters = "".join(chr(byte) if byte in _PRINTABLE else "." for byte in part)
        rows.append(f"{start:06x}  {part.hex(' '):<{HEX_COLUMNS * 3 - 1}}  {letters}")
    left = len(payload) - HEX_COLUMNS * HEX_ROWS
    return "\n".join([*rows, f"… +{left:,}"] if left > 0 else rows)
