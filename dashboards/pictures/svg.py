"""The little SVG that the pictures are made of."""

from xml.sax.saxutils import escape, quoteattr


def attributes(pairs: dict[str, str | float]) -> str:
    """Return attributes, escaped; numbers with at most three decimals, `_` in names read as `-`."""
    return "".join(f" {name.rstrip('_').replace('_', '-')}={quoteattr(_text(value))}" for name, value in pairs.items())


def element(name: str, content: str = "", /, **pairs: str | float) -> str:
    """Return one element around `content`, which is SVG already."""
    return f"<{name}{attributes(pairs)}>{content}</{name}>" if content else f"<{name}{attributes(pairs)}/>"


def text(name: str, words: str, /, **pairs: str | float) -> str:
    """Return one element around plain words."""
    return f"<{name}{attributes(pairs)}>{escape(words)}</{name}>"


def percent(fraction: float) -> str:
    """Return a fraction of the width as SVG wants it."""
    return f"{round(fraction * 100, 3):g}%"


def picture(identity: str, title: str, description: str, content: str, height: float) -> str:
    """Return a whole picture with a title and a description for those who do not see it.

    `identity` is unique on its page; `height` is in pixels.
    """
    return element(
        "svg",
        text("title", title, id=f"{identity}-title") + text("desc", description, id=f"{identity}-desc") + content,
        xmlns="http://www.w3.org/2000/svg",
        class_="picture",
        role="img",
        aria_labelledby=f"{identity}-title {identity}-desc",
        width="100%",
        height=height,
    )


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{round(value, 3):g}"
