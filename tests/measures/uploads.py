"""A table on its way through the import's pages and jobs."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from xlsxwriter import Workbook

from measures.models import TableImport
from smartregion.base import jobs


def download(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200
    return b"".join(response)  # type: ignore[arg-type]


def upload(client: Client, content: bytes, name: str = "tabelle.xlsx") -> TableImport:
    """Send the file as a browser does, and do the job that it leads to."""
    response = client.post("/import/", {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 302, response.content.decode()
    return worked(TableImport.objects.get(pk=int(response["Location"].split("/")[2])))


def worked(table_import: TableImport) -> TableImport:
    table_import.refresh_from_db()
    jobs.run(table_import.job_id)
    return TableImport.objects.get(pk=table_import.pk)


def step(client: Client, table_import: TableImport, name: str, **data: Any) -> TableImport:
    assert client.post(f"/import/{table_import.pk}/{name}/", data).status_code == 302
    return worked(table_import)


def xlsx(rows: list[list[Any]], name: str = "Tabelle1") -> bytes:
    target = io.BytesIO()
    with Workbook(target) as book:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(number, column, value)
    return target.getvalue()
