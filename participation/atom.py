"""News as an Atom feed (RFC 4287). Identifiers come from the history: no reader shows anything twice."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as Xml

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from network.models import Region
from smartregion.base.public_news import News

ATOM: Final = "http://www.w3.org/2005/Atom"
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BEGINNING: Final = datetime(2023, 12, 7, tzinfo=UTC)
"""When a feed changed last that has told nothing yet."""


def atom_feed(news: Iterable[News], *, title: str, page: str, feed: str, region: Region | None) -> bytes:
    """The news, newest first.

    Args:
        page: path of what the feed is about.
        feed: path of the feed itself.
    """
    news = list(news)
    root = Xml.Element("feed", {"xmlns": ATOM, LANGUAGE: get_language() or settings.LANGUAGE_CODE})
    updated = max((each.at for each in news), default=BEGINNING)
    _add(root, "id", _identifier(region, feed))
    _add(root, "title", title)
    _add(root, "updated", _moment(updated))
    _add(root, "link", rel="self", type="application/atom+xml", href=_address(feed))
    _add(root, "link", rel="alternate", type="text/html", href=_address(page))
    author = Xml.SubElement(root, "author")
    _add(author, "name", region.coordination_office if region else _("Koordinierungsstelle"))
    for each in news:
        _entry(Xml.SubElement(root, "entry"), each, region)
    return Xml.tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(entry: Xml.Element, news: News, region: Region | None) -> None:
    about = _("%s (Beispieldaten)") % news.about if news.is_example else news.about
    _add(entry, "id", _identifier(region, news.key))
    _add(entry, "title", about)
    _add(entry, "updated", _moment(news.at))
    _add(entry, "link", rel="alternate", type="text/html", href=_address(news.url))
    _add(entry, "summary", news.text, type="text")


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> None:
    Xml.SubElement(parent, name, attributes).text = NOT_IN_XML.sub(" ", text) or None


def _identifier(region: Region | None, key: str) -> str:
    """The same for good, also if the portal moves to another address."""
    return uuid5(NAMESPACE_URL, f"{region.key if region else ''}/{key}").urn


def _address(path: str) -> str:
    return f"{settings.PORTAL_URL}{path}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
