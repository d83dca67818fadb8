"""Every text of a workbook: all parts of the archive, unpacked."""

import io
import zipfile


def xlsx_text(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())
