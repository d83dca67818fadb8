"""Texts that people wrote, as blocks of a document."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from governance.documents.content import MOST_LEVELS, Block, Heading, Listing, Paragraph, Quote
from smartregion.base.rich_text import BULLETS, HEADING, NUMBERS, QUOTE, parts_of

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False})


def plain_blocks(text: str) -> list[Block]:
    """A plain text; an empty line begins a new paragraph."""
    parts = (part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")))
    return [Paragraph(part) for part in parts if part]


def markdown_blocks(text: str, *, below: int) -> list[Block]:
    """A text in Markdown, its headings one level below the one that it stands under; marks are left out."""
    return list(_blocks(_markdown.parse(text.replace("\r\n", "\n")), below))


def rich_blocks(text: str, *, below: int) -> Iterator[Block]:
    """A text in Markdown as `markdown_blocks`, with what is bold, in italics or a link."""
    for part in parts_of(text):
        items = tuple("".join(span.text for span in spans) for spans in part.items)
        if part.kind in {BULLETS, NUMBERS}:
            yield Listing(items, part.kind == NUMBERS, part.items)
        elif part.kind == HEADING:
            yield Heading(items[0], min(below + 1, MOST_LEVELS))
        elif part.kind == QUOTE:
            yield Quote(items[0])
        else:
            yield Paragraph(items[0], spans=part.items[0])


def shortened(text: str, most: int) -> str:
    """The text up to the last paragraph that ends within so many characters; "" for none."""
    if len(text) <= most:
        return text
    start = text[:most]
    end = max(start.rfind("\n\n"), start.rfind("\n"))
    return (start[:end] if end > 0 else start.rpartition(" ")[0] + " …").strip()


def _blocks(tokens: list[Token], below: int) -> Iterator[Block]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            end = _end_of(tokens, at)
            yield from _listing(tokens[at + 1 : end], is_ordered=token.type == "ordered_list_open")
            at = end
        elif token.type == "heading_open":
            if words := _words(tokens[at + 1]):
                yield Heading(words, min(below + 1, MOST_LEVELS))
        elif token.type == "inline" and tokens[at - 1].type == "paragraph_open":
            if words := _words(token):
                yield Quote(words) if token.level > 1 else Paragraph(words)
        elif token.type in {"fence", "code_block"} and token.content.strip():
            yield Paragraph(token.content.strip("\n"))
        at += 1


def _end_of(tokens: list[Token], start: int) -> int:
    closing = tokens[start].type.replace("_open", "_close")
    level = tokens[start].level
    return next(
        at for at in range(start, len(tokens)) if tokens[at].type == closing and tokens[at].level == level
    )


def _listing(tokens: list[Token], *, is_ordered: bool) -> Iterator[Block]:
    """One list; what is nested in it becomes items of the same list."""
    items = tuple(words for token in tokens if token.type == "inline" and (words := _words(token)))
    if items:
        yield Listing(items, is_ordered)


def _words(token: Token) -> str:
    parts = []
    target = ""
    for child in token.children or []:
        if child.type in {"text", "code_inline", "image"}:
            parts.append(child.content)
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak":
            parts.append("\n")
        elif child.type == "link_open":
            target = str(child.attrGet("href") or "")
        elif child.type == "link_close" and target not in "".join(parts):
            parts.append(f" ({target})")
    return "".join(parts).strip()
