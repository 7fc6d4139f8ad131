"""Pages from templates, in the language of whoever reads them."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from core.languages import LANGUAGE_NAMES
from core.translation import translator
from dashboards import static_files
from dashboards.concern import Concern
from dashboards.wording import Words

TEMPLATES = Path(__file__).parent / "templates"


class Renderer:
    """Fills templates. Undefined names raise: a page that says nothing where a name should stand is worse."""

    def __init__(self, folder: Path = TEMPLATES) -> None:
        self._loader = FileSystemLoader(folder)
        self.environment = cache(self._environment)

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=self._loader,
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.install_gettext_translations(translator(language), newstyle=True)  # type: ignore[attr-defined]
        environment.globals.update(
            asset=static_files.address,
            words=Words(language),
            language=language,
            languages=LANGUAGE_NAMES,
            Concern=Concern,
        )
        return environment

    def text(self, template: str, language: str, **values: Any) -> str:
        """Return a filled template."""
        return self.environment(language).get_template(template).render(**values)

    def page(self, template: str, language: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a filled template as an answer."""
        return self.answer(self.text(template, language, **values), language, status)

    def answer(self, text: str, language: str, status: int = 200) -> HTMLResponse:
        """Return a template that was filled as an answer."""
        answer = HTMLResponse(text, status)
        answer.headers["Content-Language"] = language
        answer.headers["Vary"] = "Cookie, HX-Request"
        return answer
