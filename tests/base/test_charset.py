"""What the web server is handed is read as UTF-8, whatever a client says of it."""

from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIRequest

from smartregion.base.charset import in_utf_8

ODD = ["charset=rot13", "charset=undefined", "charset*=rot-x''a", 'charset="utf-16"']


def searched(environ: dict[str, Any], _start_response: Any = None) -> list[bytes]:
    """What Django takes for the word that is searched."""
    return [WSGIRequest(environ).GET["q"].encode()]


def environ_of(content_type: str) -> dict[str, Any]:
    environ = {"PATH_INFO": "/suche/", "QUERY_STRING": "q=B%C3%A4ume", "CONTENT_TYPE": content_type}
    setup_testing_defaults(environ)
    return environ


@pytest.mark.parametrize("charset", ODD)
def test_no_charset_breaks_a_page_or_changes_what_its_address_asks_for(charset: str) -> None:
    assert in_utf_8(searched)(environ_of(f"text/plain; {charset}"), None) == ["Bäume".encode()]


@pytest.mark.parametrize("charset", ODD)
def test_without_that_each_of_them_does(charset: str) -> None:
    """The negative control."""
    with pytest.raises((LookupError, ValueError, KeyError)):
        searched(environ_of(f"text/plain; {charset}"))


def test_the_parts_of_a_form_are_found_as_before() -> None:
    environ = environ_of("multipart/form-data; boundary=abc; charset=rot13")

    in_utf_8(searched)(environ, None)

    assert environ["CONTENT_TYPE"] == "multipart/form-data; boundary=abc"
