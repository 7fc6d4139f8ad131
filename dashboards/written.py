"""What somebody wrote into a field of a form."""


def plain(text: str) -> str:
    """Return a text as it was meant.

    A browser sends line ends as two characters and counts them as one; what no database stores is left out.
    """
    return text.replace("\r\n", "\n").replace("\0", "").strip()
