"""Markdown made plain."""

import html

from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from smartregion.base.text import MARKED, plain_text, render_markdown

WORDS = st.text("aÄß9 .,:;?()-–_*#`>+=~|\\!&<[]\"'/%€„“1\n\t", max_size=40)


@given(WORDS)
def test_plain_text_is_what_the_rendered_text_shows(text: str) -> None:
    assert plain_text(text) == " ".join(html.unescape(strip_tags(render_markdown(text))).split())


def test_an_ordinary_sentence_needs_no_rendering() -> None:
    sentence = "Die Anzeigetafeln kommen rund zehn Wochen später (Lieferant: Roll-out-Partner), 12 % teurer."

    assert MARKED.search(sentence) is None
