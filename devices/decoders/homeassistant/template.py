"""The safe part of the templates by which entities read their state: no loops, no calls, no names but the message's.

An expression of `value` or `value_json`, with attributes, items, filters, comparisons, arithmetic and a condition, as
`{{ value_json.battery | float / 10 }}`, `{{ 'ON' if value_json['x'] > 5 else 'OFF' }}` or
`{% if value_json.open %}ON{% else %}OFF{% endif %}`. Everything else is refused when it is read, not when it is used.
"""

import re
from collections.abc import Callable
from typing import Any

from devices.decoders.homeassistant import template_values as values
from devices.decoders.homeassistant.template_values import COMPARISONS, CONSTANTS, FILTERS, Evaluate

MOST_CHARACTERS = 1_000
_DEEPEST = 20
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|('[^'\\]*'|\"[^\"\\]*\")|([A-Za-z_]\w*)|(==|!=|<=|>=|[<>|.,()\[\]+*/%=-]))")
_BLOCK = re.compile(r"\{%-?\s*(if|elif|else|endif)\b(.*?)-?%\}", re.DOTALL)
_EXPRESSION = re.compile(r"\s*\{\{-?(.*?)-?\}\}\s*", re.DOTALL)


class TemplateError(ValueError):
    """The template says more than is read here."""


def compile_template(source: str) -> Evaluate:
    """Return how a template reads a message; raises `TemplateError` if it is not of the part that is read here.

    The result raises `template_values.Undefined` for a message that lacks what is asked for.
    """
    if len(source) > MOST_CHARACTERS:
        raise TemplateError("the template is too long")
    if "{%" in source:
        return _blocks(source)
    return _text(source)


def _text(source: str) -> Evaluate:
    """Return how a text is read that is one expression, or has none."""
    match = _EXPRESSION.fullmatch(source)
    if match and "{{" not in match[1] and "}}" not in match[1]:
        return _Parser(match[1]).whole()
    if "{{" in source or "{#" in source:
        raise TemplateError("several expressions in one template")
    said = source.strip()
    return values.constant(said)


def _blocks(source: str) -> Evaluate:
    """Return how conditions are read: if, elif, else, not one within another."""
    parts = _BLOCK.split(source)
    # Text, then for each block its word, its condition and the text after it.
    if parts[0].strip() or "{%" in "".join(parts[3::3]):
        raise TemplateError("text outside of a condition, or another statement")
    words, conditions, texts = parts[1::3], parts[2::3], parts[3::3]
    if not re.fullmatch(r"if( elif)*( else)? endif", " ".join(words)) or texts[-1].strip():
        raise TemplateError("a condition within another, or none")
    cases: list[tuple[Evaluate, Evaluate]] = []
    for word, condition, text in zip(words[:-1], conditions, texts, strict=False):
        test = values.constant(True) if word == "else" else _Parser(condition).whole()
        cases.append((test, _text(text)))
    chosen = values.constant("")
    for test, result in reversed(cases):
        chosen = values.conditional(test, result, chosen)
    return chosen


class _Parser:
    """One expression, by recursive descent: condition, or, and, not, comparison, sum, product, filters, value."""

    def __init__(self, source: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._depth = 0
        at, end = 0, len(source.rstrip())
        while at < end:
            match = _TOKEN.match(source, at)
            if match is None:
                raise TemplateError(f"what is {source[at : at + 10]!r}?")
            kind = ("number", "text", "name", "sign")[(match.lastindex or 1) - 1]
            self._tokens.append((kind, match[match.lastindex or 0]))
            at = match.end()
        self._at = 0

    def whole(self) -> Evaluate:
        found = self._conditional()
        if self._at < len(self._tokens):
            raise TemplateError(f"what is {self._tokens[self._at][1]!r} doing here?")
        return found

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self, *signs: str) -> str:
        if self._peek() and self._peek() in signs and self._tokens[self._at][0] != "text":
            self._at += 1
            return self._tokens[self._at - 1][1]
        return ""

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise TemplateError(f"{sign!r} is missing")

    def _conditional(self) -> Evaluate:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise TemplateError("the template is too deep")
        result = self._either()
        if self._take("if"):
            test = self._either()
            other = self._conditional() if self._take("else") else values.constant("")
            result = values.conditional(test, result, other)
        self._depth -= 1
        return result

    def _either(self) -> Evaluate:
        found = self._both()
        while self._take("or"):
            found = values.either(found, self._both())
        return found

    def _both(self) -> Evaluate:
        found = self._negated()
        while self._take("and"):
            found = values.both(found, self._negated())
        return found

    def _negated(self) -> Evaluate:
        if self._take("not"):
            return values.negated(self._negated())
        return self._compared()

    def _compared(self) -> Evaluate:
        left = self._sum()
        if self._take("is"):
            wanted = not self._take("not")
            self._expect("defined")
            return values.defined(left, wanted=wanted)
        sign = self._take(*COMPARISONS)
        return values.compared(sign, left, self._sum()) if sign else left

    def _sum(self) -> Evaluate:
        return self._chain(self._product, ("+", "-"))

    def _product(self) -> Evaluate:
        return self._chain(self._filtered, ("*", "/", "%"))

    def _chain(self, part: Callable[[], Evaluate], signs: tuple[str, ...]) -> Evaluate:
        found = part()
        while sign := self._take(*signs):
            found = values.calculated(sign, found, part())
        return found

    def _filtered(self) -> Evaluate:
        found = self._value()
        while self._take("|"):
            kind, name = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
            if kind != "name" or name not in FILTERS:
                raise TemplateError(f"the filter {name!r} is not known here")
            self._at += 1
            arguments = self._arguments() if self._take("(") else []
            found = values.filtered(name, found, arguments)
        return found

    def _arguments(self) -> list[Any]:
        """Return constants up to the closing bracket; a name before one ("default=0") is allowed."""
        found: list[Any] = []
        while not self._take(")"):
            if self._tokens[self._at + 1 : self._at + 2] == [("sign", "=")]:
                self._at += 2
            negative = bool(self._take("-"))
            kind, said = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
            self._at += 1
            if kind == "number":
                found.append(-float(said) if negative else float(said))
            elif kind == "text":
                found.append(said[1:-1])
            elif said in CONSTANTS:
                found.append(CONSTANTS[said])
            else:
                raise TemplateError("an argument that is no constant")
            self._take(",")
        return found

    def _value(self) -> Evaluate:
        if self._take("-"):
            return values.calculated("-", values.constant(0.0), self._value())
        if self._take("("):
            inner = self._conditional()
            self._expect(")")
            return inner
        if self._at >= len(self._tokens):
            raise TemplateError("the template ends too early")
        kind, said = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return values.constant(float(said) if "." in said else int(said))
        if kind == "text":
            return values.constant(said[1:-1])
        if kind == "name" and said in CONSTANTS:
            return values.constant(CONSTANTS[said])
        if kind == "name" and said in ("value", "value_json"):
            return self._path(said)
        raise TemplateError(f"{said!r} is not known here")

    def _path(self, root: str) -> Evaluate:
        steps: list[str | int] = []
        while self._at < len(self._tokens):
            if self._take("."):
                kind, name = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
                if kind == "number" and "." in name:
                    steps += [int(each) for each in name.split(".")]
                elif kind in ("name", "number"):
                    steps.append(int(name) if kind == "number" else name)
                else:
                    raise TemplateError("a name is missing")
                self._at += 1
                if self._peek() == "(" and steps[-1] != "get":
                    raise TemplateError("a call")
                if self._take("("):
                    steps[-1:] = self._arguments()[:1]
            elif self._take("["):
                steps += self._index()
            else:
                break
        return values.path(root, steps)

    def _index(self) -> list[str | int]:
        kind, said = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        self._at += 1
        self._expect("]")
        if kind == "text":
            return [said[1:-1]]
        if kind == "number" and said.isdigit():
            return [int(said)]
        raise TemplateError("an index that is no constant")
