"""A text in Markdown as plain data, for documents: what each format prints of it in its own way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARAGRAPH, HEADING, QUOTE, BULLETS, NUMBERS = "paragraph", "heading", "quote", "bullets", "numbers"
SCHEMES: Final = ("http://", "https://", "mailto:", "tel:")
LISTS: Final = {"bullet_list_open": BULLETS, "ordered_list_open": NUMBERS}
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False})


class Span(NamedTuple):
    """Words that look alike; with `url` they are a link."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    url: str = ""


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Part:
    """A part of a text: `items` are those of a list; any other kind has one."""

    kind: str
    items: tuple[Spans, ...]


def parts_of(text: str) -> list[Part]:
    """The text's parts; what is nested in a list becomes items of the same list."""
    return list(_parts(_markdown.parse(text.replace("\r\n", "\n"))))


def without_marks(text: str) -> str:
    """The text as lines, with signs before the items of its lists."""
    return "\n".join(_in_lines(part) for part in parts_of(text))


def _in_lines(part: Part) -> str:
    signs = {BULLETS: "• ", NUMBERS: "{}. "}
    sign = signs.get(part.kind, "")
    return "\n".join(
        sign.format(number) + "".join(span.text for span in spans)
        for number, spans in enumerate(part.items, start=1)
    )


def _parts(tokens: Sequence[Token]) -> Iterator[Part]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type in LISTS:
            end = _end_of(tokens, at)
            items = tuple(_spans(inner) for inner in tokens[at:end] if inner.type == "inline")
            if any(items):
                yield Part(LISTS[token.type], tuple(filter(None, items)))
            at = end
        elif token.type == "inline" and (spans := _spans(token)):
            before = tokens[at - 1].type
            kind = HEADING if before == "heading_open" else QUOTE if token.level > 1 else PARAGRAPH
            yield Part(kind, (spans,))
        elif token.type in {"fence", "code_block"} and token.content.strip():
            yield Part(PARAGRAPH, ((Span(token.content.strip("\n")),),))
        at += 1


def _end_of(tokens: Sequence[Token], start: int) -> int:
    closing, level = tokens[start].type.replace("_open", "_close"), tokens[start].level
    return next(
        at for at in range(start, len(tokens)) if tokens[at].type == closing and tokens[at].level == level
    )


def _spans(token: Token) -> Spans:
    bold = italic = 0
    url, spans = "", []
    for child in token.children or []:
        match child.type:
            case "strong_open" | "strong_close":
                bold += child.nesting
            case "em_open" | "em_close":
                italic += child.nesting
            case "link_open":
                target = str(child.attrGet("href") or "")
                url = target if target.startswith(SCHEMES) else ""
            case "link_close":
                url = ""
            case "softbreak" | "hardbreak":
                spans.append(Span("\n" if child.type == "hardbreak" else " ", bold > 0, italic > 0, url))
            case _ if child.content:
                spans.append(Span(child.content, bold > 0, italic > 0, url))
    return tuple(spans)
