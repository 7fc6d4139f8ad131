"""Makes a PDF of a page that stands by itself: a process of its own, with limits of memory and time.

HTML comes from the standard input, the PDF goes to the standard output. Nothing is fetched from anywhere but the
typefaces of the pages. Exit code 3 says that the library, or what it needs of the system, is not there.
"""

import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcherResponse

MISSING = 3
MEMORY_BYTES, PROCESSOR_S = 1 << 30, 60
FACES = "face:"  # before the name of a typeface's file
VARIANT = "pdf/ua-1"


def main(identifier: str, folder: str) -> int:
    """Make the PDF; `identifier` (hexadecimal) names what is in it, typefaces are in `folder`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    try:
        # Pango is looked for when it is imported.
        import weasyprint  # noqa: PLC0415 - only in this process: it is large
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse  # noqa: PLC0415
    except (ImportError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - for whoever started this process
        return MISSING

    class Faces(URLFetcher):  # type: ignore[misc]  # the library has no types
        """Gives typefaces of the pages, and nothing else."""

        def fetch(self, url: str, headers: object = None) -> "URLFetcherResponse":
            """Return a file of a typeface."""
            del headers
            name = url.removeprefix(FACES)
            if not url.startswith(FACES) or Path(name).name != name:
                raise FatalURLFetchingError(f"nothing is fetched: {url}")
            return URLFetcherResponse(url, (Path(folder) / name).read_bytes(), {"Content-Type": "font/woff2"})

    page = weasyprint.HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=Faces())
    sys.stdout.buffer.write(page.write_pdf(pdf_variant=VARIANT, pdf_identifier=bytes.fromhex(identifier)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
