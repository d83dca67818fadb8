"""By which encoding requests are read: one, before anything of Django sees them."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def in_utf_8(serve: Application) -> Application:
    """No client chooses by which encoding its address and its form are read.

    Django would decode the address by the charset of a body that a request to read has not; of some encodings
    it fails, and of others a page would be kept under an address that says something else.
    """

    def serve_in_utf_8(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            kind, options = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        except ValueError:
            kind, options = "", {"charset": ""}
        if "charset" in options:
            boundary = options.get("boundary")
            environ["CONTENT_TYPE"] = f"{kind}; boundary={boundary}" if boundary else kind
        return serve(environ, start_response)

    return serve_in_utf_8
