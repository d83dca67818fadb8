"""Requests that no browser sends: a form that was filled in and then spoiled, as strategies of Hypothesis."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes, urlsplit

from hypothesis import strategies as st

from tests.base.uploads import HOSTILE, TRUE
from tests.shown_forms import ShownForm

Pairs = list[tuple[bytes, bytes]]
BOUNDARY = b"grenze"
URLENCODED = "application/x-www-form-urlencoded"
LONGEST_IN_ADDRESS = 20_000
NUMBERS = (
    *("0", "-1", "1.5", "1,5", "1.573,45", "1e400", "-1e-400", "NaN", "sNaN", "Infinity", "-inf", "0x10"),
    *("9" * 10, "9" * 19, "9" * 30, "9" * 5000, "2147483648", "9223372036854775808", "²", "٣", "1_000", "+1"),
)
DAYS = (
    *(
        "0000-00-00",
        "99999-13-45",
        "2024-02-30",
        "0001-01-01",
        "9999-12-31",
        "9999-12-31T23:59",
        "10000-01-01",
    ),
    *("2024-01-01T25:61", "2024-03-31T02:30", "0001-01-01T00:00", "24:00", "-1:00", "31.02.2024", "2024-W01"),
    *("2024-01", "2024-1", "0000", "2024-01-01T00:00+99:99", "9999-Q4", "2024-13"),
)
TEXTS = (
    *(
        "",
        " ",
        "\t\r\n",
        "\0",
        "a\0b",
        "👩‍👩‍👧‍👦",
        "\u202eabc\u202c",
        "\u200b",
        "\ufeff",
        "\uffff",
        "e\u0301" * 500,
    ),
    *("ı", "ß" * 300, "x" * 256, "x" * 100_000, "\n" * 5000, "on", "true", "null", "[]", "{}", "[" * 3000),
    *(
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "../../etc/passwd",
        "%",
        "%00",
        "_",
        "\\",
        "{{ 7*7 }}",
        "=1+1",
    ),
    *(
        "javascript:alert(1)",
        "//example.org",
        "http://[",
        "http://[::1",
        "http://℀.example",
        "http://a:b@c:99999",
    ),
    *(
        "a@",
        "@",
        "a@b@c",
        "a@[127.0.0.1]",
        "ä@ö.example",
        "x" * 300 + "@example.org",
        "a\r\nBcc: b@example.org",
    ),
    *("00000000-0000-0000-0000-000000000000", "__all__", "id", "-id", "?", "#", "/", "title__contains", "pk"),
    *("[x](y" * 500, "*" * 3000, "> " * 1000, "`" * 999, "| a " * 500, "&#0;", "![](data:x)", "=" * 4000),
)
BYTES = (b"\xff\xfe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"abc\x80", b"\x1b[31m")
"""No UTF-8: a lone surrogate, beyond the last character, an overlong zero, half a character."""
ODD = [*(text.encode() for text in (*NUMBERS, *DAYS, *TEXTS)), *BYTES]
FILES = [
    *(("", b""), ("a" * 300 + ".pdf", b"%PDF-"), ("a\0.csv", b"a;b\n"), ("tabelle.csv", b"\0;\xff\n" * 50))
]
FILES += [*TRUE.items(), *(file for file in HOSTILE.values() if len(file[1]) < 1_000_000)]
FILES += [
    ("breit.csv", b";" * 20_000),
    ("utf16.csv", "Projekt;Stand\n".encode("utf-16")),
    ("x.csv", b'"' * 999),
]
CONTENT_TYPES = (
    *(
        "application/json",
        "text/plain",
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "x/y;;=;",
    ),
    *("multipart/form-data; boundary=" + "b" * 300, "multipart/form-data; boundary=grenze; charset=utf-16"),
    *(f"{URLENCODED}; charset={name}" for name in ("utf-16", "utf-7", "gibt-es-nicht", "rot13", "\xff")),
    *("multipart/mixed; boundary=grenze", "multipart/form-data; boundary*=utf-8''grenze", "application/xml"),
)
HEADERS = {
    "HX-Request": ("true", "false"),
    "HX-Target": ("results", "\xff", "x" * 5000),
    "HX-Current-URL": ("http://[", "http://testserver/%00", "\xff", "javascript:1"),
    "HX-Trigger-Name": ("\xff",),
    "HX-Boosted": ("true",),
    "HX-Prompt": ("\xff",),
    "Referer": ("http://[", "http://testserver/\xff", "//", "x" * 5000, "data:,"),
    "Origin": ("null", "http://[", "https://example.org", "\xff"),
    "Accept": ("", "*", "application/json;q=abc", ",;=" * 300, "text/html;q=1e999", "\xff"),
    "Accept-Language": ("", "xx-" * 500, "en;q=NaN", "*", "de-\xff", "nl;q=1e999,en"),
    "Accept-Encoding": ("br;q=x", "\xff", "gzip;" * 300),
    "Range": ("bytes=-1", "bytes=9-1", "bytes=0-" + "9" * 30, "bytes=a-b", "\xff"),
    "If-None-Match": ("*", '"', 'W/"a", b', "\xff", '"' * 3000),
    "If-Match": ("*", '"', "\xff"),
    "If-Modified-Since": ("Thu, 99 Foo 99999 99:99:99 GMT", "0", "\xff", "Mon, 01 Jan 0001 00:00:00 GMT"),
    "If-Unmodified-Since": ("Thu, 01 Jan 1970 00:00:00 GMT", "x"),
    "Authorization": ("Bearer", "Bearer \xff", "Basic Og==", "Basic \xff", "Bearer " + "x" * 5000, "Token"),
    "Cookie": ("sessionid=\xff", "sessionid=" + "x" * 4000, ";=;=", "messages=x", 'a="\\', "csrftoken=\xff"),
    "X-Forwarded-For": ("1.2.3.4, x", "\xff", ",,,", "::1%eth0", "999.1.1.1"),
    "X-Forwarded-Proto": ("gopher", "\xff"),
    "X-Forwarded-Host": ("example.org", "\xff"),
    "X-Request-ID": ("\xff", "x" * 5000, "a b"),
    "X-HTTP-Method-Override": ("DELETE",),
    "Host": ("example.org", "a..b", "[::1", "testserver:99999", "\xff", ""),
    "User-Agent": ("", "\xff" * 2000),
    "Content-Length": ("-1", "abc", "9" * 30, "3", ""),
    "Content-Encoding": ("gzip",),
    "Transfer-Encoding": ("chunked",),
}


@dataclass(frozen=True)
class OddRequest:
    method: str
    path: bytes
    query: bytes = b""
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Short enough for the report of a failure."""
        told = f"{self.path!r} ?{self.query!r} {self.content_type!r} {self.headers} {self.body!r}"
        return f"{self.method.upper()} {told[:3000]}"


odd_values = (
    st.sampled_from(ODD) | st.text(max_size=40).map(lambda text: text.encode()) | st.binary(max_size=12)
)
odd_headers = st.dictionaries(st.sampled_from(list(HEADERS)), st.integers(0, 9), max_size=3).map(
    lambda drawn: {name: HEADERS[name][number % len(HEADERS[name])] for name, number in drawn.items()}
)
few_odd_headers = st.just({}) | st.just({"HX-Request": "true"}) | odd_headers
Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def odd_forms(draw: Draw, form: ShownForm, names: Sequence[str], keys: Sequence[str]) -> OddRequest:
    """The form as somebody would send it, with some of it spoiled: fields, encoding, headers, address.

    Args:
        names: of fields of other forms.
        keys: of rows of any kind.
    """
    pairs = draw(spoiled(filled(form), names, [each.encode() for each in keys]))
    address = urlsplit(form.action)
    path, query = draw(paths(address.path)), address.query.encode()
    headers = draw(few_odd_headers)
    if form.method == "get":
        return OddRequest("get", path, urlencoded(pairs)[:LONGEST_IN_ADDRESS], headers=headers)
    query = draw(st.just(query) | st.just(query) | odd_queries(names))
    body, content_type = draw(encoded(pairs, form))
    return OddRequest("post", path, query, body, content_type, headers)


@st.composite
def odd_pages(draw: Draw, path: str, own: Sequence[str], names: Sequence[str]) -> OddRequest:
    """A page whose own parameters, or any other, are spoiled."""
    query = draw(odd_queries(own) | odd_queries(own) | odd_queries([*own, *names]))
    return OddRequest("get", draw(paths(path)), query, headers=draw(few_odd_headers))


@st.composite
def odd_queries(draw: Draw, names: Sequence[str]) -> bytes:
    pairs = draw(st.lists(st.tuples(st.sampled_from([*names, "page"]), odd_values), max_size=8))
    query = urlencoded([(name.encode(), value) for name, value in pairs])
    return draw(st.sampled_from([query] * 6 + [query + b"&a=b" * 2500, query + b"&;=&&%", b"%"]))[
        :LONGEST_IN_ADDRESS
    ]


@st.composite
def paths(draw: Draw, path: str) -> bytes:
    """Mostly the path itself, else with something odd in the place of one of its words."""
    words = path.encode().split(b"/")
    if draw(st.integers(0, 9)) == 9 and len(words) > 2:
        place = draw(st.integers(1, len(words) - 1))
        words[place] = quote_from_bytes(draw(odd_values)).encode()[:2000]
    return b"/".join(words)


def filled(form: ShownForm) -> Pairs:
    return [
        (name.encode(), value.encode(errors="surrogatepass"))
        for name, shown in form.fields.items()
        if shown.kind != "file"
        for value in shown.filled
    ]


@st.composite
def spoiled(draw: Draw, pairs: Pairs, names: Sequence[str], keys: Sequence[bytes]) -> Pairs:
    """Some of the fields: odd, of another row, missing, sent again, of another form, or all of them odd."""
    pairs = list(pairs)
    for _time in range(draw(st.integers(1, 3))):
        how = draw(
            st.sampled_from(["odd", "odd", "odd", "row", "choice", "missing", "again", "other", "all"])
        )
        place = draw(st.integers(0, len(pairs) - 1)) if pairs else None
        if how == "other" or place is None:
            pairs.append((draw(st.sampled_from(names)).encode(), draw(odd_values)))
        elif how == "missing":
            del pairs[place]
        elif how == "again":
            pairs.append((pairs[place][0], draw(odd_values)))
        elif how == "all":
            value = draw(odd_values)
            pairs = [(name, value) for name, _value in pairs]
        elif how == "choice":
            pairs[place] = (pairs[place][0], draw(st.sampled_from(pairs))[1])
        else:
            value = draw(odd_values if how == "odd" else st.sampled_from(keys))
            pairs[place] = (pairs[place][0], value)
    return pairs


@st.composite
def encoded(draw: Draw, pairs: Pairs, form: ShownForm) -> tuple[bytes, str]:
    """As the form says, or in a way that does not go together."""
    files = [name for name, shown in form.fields.items() if shown.kind == "file"]
    how = draw(st.sampled_from(["right"] * 7 + ["multipart", "broken", "other type", "raw", "JSON"]))
    if how == "other type":
        return draw(st.sampled_from([urlencoded(pairs), multipart(pairs, [])])), draw(
            st.sampled_from(CONTENT_TYPES)
        )
    if how == "raw":
        return b"&".join(name + b"=" + value for name, value in pairs), URLENCODED
    if how == "JSON":
        told = {name.decode(): value.decode(errors="replace") for name, value in pairs}
        return json.dumps(told).encode(), "application/json"
    if how == "right" and not files:
        return urlencoded(pairs), URLENCODED
    names = files or (["file"] if draw(st.booleans()) else [])
    body = multipart(pairs, [(name, *draw(st.sampled_from(FILES))) for name in names])
    return draw(
        broken(body)
    ) if how == "broken" else body, f"multipart/form-data; boundary={BOUNDARY.decode()}"


def urlencoded(pairs: Pairs) -> bytes:
    return b"&".join(
        quote_from_bytes(name).encode() + b"=" + quote_from_bytes(value).encode() for name, value in pairs
    )


def multipart(pairs: Pairs, files: Sequence[tuple[str, str, bytes]]) -> bytes:
    heads = [(b'name="' + name + b'"', value) for name, value in pairs]
    heads += [(f'name="{name}"; filename="{file}"'.encode(), content) for name, file, content in files]
    parts = [
        b"--" + BOUNDARY + b"\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + content + b"\r\n"
        for head, content in heads
    ]
    return b"".join(parts) + b"--" + BOUNDARY + b"--\r\n"


@st.composite
def broken(draw: Draw, body: bytes) -> bytes:
    """Cut, without its end, with heads that are none, or with transfer encodings that do not hold."""
    head = b"Content-Disposition: form-data"
    spoils = [
        body[: draw(st.integers(0, len(body)))],
        body.replace(b"\r\n", b"\n"),
        body.replace(head, b"Content-Disposition: " + b"x" * 9000),
        body.replace(head, b"Content-Transfer-Encoding: base64\r\n" + head),
        body.replace(
            head, b"Content-Transfer-Encoding: \xff\r\nContent-Type: text/plain; charset=\xff\r\n" + head
        ),
        body.replace(b'name="', b"name*=utf-8''%ff; x=\""),
        body.replace(b'filename="', b"filename*=gibt-es-nicht''%ff; x=\""),
        body.replace(b'name="', b'name="' + b"x" * 3000),
        body + body,
        (b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n') * 2500,
        b"",
    ]
    return draw(st.sampled_from(spoils))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([*NUMBERS, *DAYS, *TEXTS]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def odd_json(draw: Draw, good: dict[str, Any]) -> bytes:
    """A list of such objects with some values replaced, or anything else that is JSON or hardly so."""
    replaced = st.dictionaries(st.sampled_from(list(good)), json_values, max_size=3)
    rows = [{**good, **other} for other in draw(st.lists(replaced, min_size=1, max_size=3))]
    text = json.dumps(draw(st.just(rows) | st.just(rows) | json_values))
    spoils = [
        text,
        text,
        text[:-1],
        "[" * 5000,
        text.replace("2024", "\\ud800"),
        '{"on":1,"on":2}',
        "\ufeff" + text,
    ]
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-16", "utf-32"]))
    return draw(
        st.sampled_from(spoils).map(lambda said: said.encode(encoding, "surrogatepass"))
        | st.binary(max_size=30)
    )
