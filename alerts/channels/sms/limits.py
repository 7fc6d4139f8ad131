"""How much a text message holds (3GPP TS 23.038), and making words fit.

In the alphabet of 7 bits one segment holds 160 letters, each of several 153; some signs count twice. If one letter is
not in it, all are sent in UCS-2: 70, or 67 in each of several.
"""

import unicodedata

MOST_SEGMENTS = 2
# A language whose letters are not in that alphabet says in four what others say in two.
MOST_SEGMENTS_OF = {"uk": 4}
SEVEN_BITS = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
COUNTING_TWICE = frozenset("\f^{}\\[~]|€")
_ALONE, _OF_SEVERAL = {True: 160, False: 70}, {True: 153, False: 67}
# What typography writes otherwise than the alphabet.
_PLAIN = str.maketrans(
    {
        "\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\xab": '"', "\xbb": '"', "\u2013": "-",
        "\u201e": '"', "\u2014": "-", "\u2026": "...", "\xa0": " ",
    }
)  # fmt: skip
_CUT = "..."


def plain(text: str) -> str:
    """Return `text` in the alphabet of 7 bits as far as it can be said there: capitals lose their accent before it."""
    text = unicodedata.normalize("NFC", text.translate(_PLAIN))
    return "".join(letter if _is_seven(letter) else _without_accent(letter) for letter in text)


def segments(text: str) -> int:
    """Return how many segments `text` takes."""
    seven = all(_is_seven(letter) for letter in text)
    size = _size(text, seven=seven)
    return 1 if size <= _ALONE[seven] else -(-size // _OF_SEVERAL[seven])


def fitted(text: str, link: str, most: int = MOST_SEGMENTS) -> str:
    """Return words and a link in at most so many segments; the words are cut where need be, the link never."""
    text, end = plain(text), f" {plain(link)}" if link else ""
    if segments(text + end) <= most:
        return text + end
    while text and segments(text + _CUT + end) > most:
        text = text[:-1]
    return (text.rstrip() + _CUT + end).strip()


def _is_seven(letter: str) -> bool:
    return letter in SEVEN_BITS or letter in COUNTING_TWICE


def _size(text: str, *, seven: bool) -> int:
    if seven:
        return sum(2 if letter in COUNTING_TWICE else 1 for letter in text)
    return len(text.encode("utf-16-be")) // 2


def _without_accent(letter: str) -> str:
    bare = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return bare if bare and all(_is_seven(part) for part in bare) else letter
