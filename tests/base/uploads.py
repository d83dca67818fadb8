"""Files to upload: small true ones of each kind, and hostile ones."""

import io
import zipfile
import zlib
from collections.abc import Mapping

from smartregion.base.uploads import LARGEST, MOST_ENTRIES, OFFICE, OPEN

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{part}" ContentType="' + OFFICE + '{form}.main+xml"/></Types>'
)


def packed(entries: Mapping[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as package:
        for name, content in entries.items():
            how = zipfile.ZIP_STORED if name == "mimetype" else method
            package.writestr(zipfile.ZipInfo(name), content, how)
    return target.getvalue()


def docx(types: str | None = None, **more: bytes | str) -> bytes:
    known = TYPES.format(part="word/document.xml", form="wordprocessingml.document")
    extra = {name.replace("__", "/").replace("_DOT_", "."): content for name, content in more.items()}
    return packed({"[Content_Types].xml": types or known, "word/document.xml": "<w:document/>", **extra})


def xlsx() -> bytes:
    known = TYPES.format(part="xl/workbook.xml", form="spreadsheetml.sheet")
    return packed({"[Content_Types].xml": known, "xl/workbook.xml": "<workbook/>"})


def opened(form: str, **more: str) -> bytes:
    return packed(
        {"mimetype": f"{OPEN}{form}", "content.xml": "<x/>", "META-INF/manifest.xml": "<m/>", **more}
    )


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = (1).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\nstartxref\n9\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(9) + b"\xff\xd9"
TRUE = {
    "bericht.pdf": PDF,
    "Text.DOCX": docx(),
    "tabelle.xlsx": xlsx(),
    "text.odt": opened("text"),
    "tabelle.ods": opened("spreadsheet"),
    "bild.png": png(),
    "bild.jpg": JPEG,
    "bild.jpeg": JPEG,
}
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
MACRO_TYPES = TYPES.format(part="word/document.xml", form="wordprocessingml.document").replace(
    "</Types>", '<Override PartName="/word/x" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
)


def encrypted() -> bytes:
    content = bytearray(docx())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := content.find(mark, start)) != -1:
            content[start + place] |= 1
            start += 4
    return bytes(content)


def lying() -> bytes:
    """Its directory says that the main part is small; it is not."""
    content = bytearray(docx(word__media__x_DOT_xml=b"0" * 500_000))
    start = content.rfind(b"PK\x01\x02")
    content[start + 24 : start + 28] = (10).to_bytes(4, "little")
    return bytes(content)


def twice() -> bytes:
    target = io.BytesIO(docx())
    with zipfile.ZipFile(target, "a") as package:
        package.writestr("WORD/document.xml", "<other/>")
    return target.getvalue()


HOSTILE: dict[str, tuple[str, bytes]] = {
    "empty": ("leer.pdf", b""),
    "no ending": ("bericht", PDF),
    "only an ending": (".htaccess", PDF),
    "HTML": ("seite.html", HTML),
    "HTML as PDF": ("seite.pdf", HTML),
    "HTML as PNG": ("seite.png", HTML),
    "HTML as JPEG": ("seite.jpg", HTML),
    "SVG": ("bild.svg", SVG),
    "SVG as PNG": ("bild.png", SVG),
    "script": ("skript.js", b"alert(1)"),
    "PHP with two endings": ("bild.png.php", png()),
    "Windows program": ("setup.exe", b"MZ" + bytes(200)),
    "Windows program as PDF": ("rechnung.pdf", b"MZ" + bytes(200)),
    "Linux program as JPEG": ("bild.jpg", b"\x7fELF" + bytes(200)),
    "shell script as DOCX": ("text.docx", b"#!/bin/sh\nrm -rf /\n"),
    "macro document by its ending": ("text.docm", docx()),
    "macros in a DOCX": ("text.docx", docx(word__vbaProject_DOT_bin=b"x")),
    "macros under another name": ("text.docx", docx(MACRO_TYPES, word__x=b"x")),
    "macro type spelled by an entity": ("text.docx", docx(MACRO_TYPES.replace("vba", "&#118;ba"))),
    "macro-enabled main part": (
        "text.docx",
        docx(
            "<Types><Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/></Types>"
        ),
    ),
    "ActiveX in a DOCX": ("text.docx", docx(word__activeX__activeX1_DOT_xml=b"x")),
    "program in a DOCX": ("text.docx", docx(word__embeddings__setup_DOT_exe=b"MZ")),
    "Basic in an ODT": ("text.odt", opened("text", **{"Basic/Standard/Module1.xml": "Sub Main"})),
    "Python in an ODT": ("text.odt", opened("text", **{"Scripts/python/x.py": "import os"})),
    "XLSX as DOCX": ("text.docx", xlsx()),
    "ODS as ODT": ("text.odt", opened("spreadsheet")),
    "ODT as DOCX": ("text.docx", opened("text")),
    "plain ZIP as XLSX": ("tabelle.xlsx", packed({"a.txt": "x"})),
    "empty ZIP as ODS": ("tabelle.ods", packed({})),
    "ODT without content": ("text.odt", packed({"mimetype": f"{OPEN}text"})),
    "program before a ZIP": ("text.docx", b"MZ" + docx()),
    "HTML behind a ZIP": ("text.docx", docx() + HTML),
    "HTML behind a PNG": ("bild.png", png() + HTML),
    "broken PNG": ("bild.png", png()[:-5]),
    "ZIP behind a JPEG": ("bild.jpg", JPEG + packed({"a": "x"})),
    "HTML before a PDF": ("bericht.pdf", HTML + PDF),
    "PDF that runs a script": (
        "bericht.pdf",
        PDF.replace(b">>", b"/OpenAction << /S /JavaScript /JS (x) >> >>"),
    ),
    "PDF with an escaped name": ("bericht.pdf", PDF.replace(b">>", b"/S /J#61vaScript >>")),
    "PDF that starts a program": ("bericht.pdf", PDF.replace(b">>", b"/S /Launch >>")),
    "PDF with an attachment": ("bericht.pdf", PDF.replace(b">>", b"/EmbeddedFiles 1 0 R >>")),
    "cut PDF": ("bericht.pdf", PDF[:20]),
    "way out of the package": ("text.docx", docx(**{"..__..__etc__passwd": b"x"})),
    "absolute name in the package": ("text.docx", docx(__etc__passwd=b"x")),
    "backslash in the package": ("text.docx", docx(**{"word\\x.xml": b"x"})),
    "same name twice": ("text.docx", twice()),
    "encrypted": ("text.docx", encrypted()),
    "unpacks to too much": ("text.docx", docx(word__x_DOT_xml=b"0" * 30_000_000)),
    "lies about its size": ("text.docx", lying()),
    "too many entries": (
        "text.docx",
        docx(**{f"word__{number}_DOT_xml": b"" for number in range(MOST_ENTRIES)}),
    ),
    "odd compression": ("text.docx", packed({"[Content_Types].xml": "x"}, method=zipfile.ZIP_LZMA)),
    "too large": ("bericht.pdf", PDF + bytes(LARGEST)),
}
