"""Texts that people write: Markdown made safe, and German words for addresses."""

import html
import re
import unicodedata

import nh3
from django.db.models import F, Func
from django.db.models.functions import Lower
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt

ADDRESS = re.compile(r"([\w.!#$%&'*+/=?^`{}|~-]+)(@[\w.-]*\w)")
"""A mail address, by all signs that Django takes for one: what stands before the @, and the rest."""
LONGEST_SLUG = 80
UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "&": " und "}
)
TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "h2", "h3", "h4", "code", "hr"}
MARKED = re.compile(r"[^\w .,:;?()/%€„“‚‘–-]|_|^\s*(?:-|\d{1,9}[.)])")
"""What may be a mark of Markdown; a text without any says just what it shows."""
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False})


def german_slug(text: str) -> str:
    """An address word: "Straße & Öl" becomes "strasse-und-oel"; a long one ends with a whole word."""
    slug = slugify(text.translate(UMLAUTS)).strip("-")
    if len(slug) > LONGEST_SLUG and slug[LONGEST_SLUG] != "-":
        slug = slug[:LONGEST_SLUG].rpartition("-")[0] or slug
    return slug[:LONGEST_SLUG].strip("-")


def without_addresses(text: str) -> str:
    """The text with … for what stands before the @ of each mail address."""
    return ADDRESS.sub(r"…\2", text)


def german_order(name: str) -> list[Lower | F]:
    """Ordering by a name as a German reader expects it: ä beside a, capitals beside small letters."""
    return [Lower(Func(F(name), function="unaccent")), F(name)]


def german_key(name: str) -> tuple[str, str]:
    """The same order for rows that do not come from a query."""
    letters = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)), name


def plain_text(text: str) -> str:
    """Markdown as one line of text without marks, for where nothing can be set in bold."""
    if not MARKED.search(text):
        return " ".join(text.split())
    return " ".join(html.unescape(strip_tags(render_markdown(text))).split())


def render_markdown(text: str) -> SafeString:
    """Markdown as HTML of a few harmless tags; a first-level heading becomes one of the second."""
    rendered = _markdown.render(re.sub(r"(?m)^# ", "## ", text or ""))
    clean = nh3.clean(
        rendered, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto", "tel"}
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it
