def write_docx(content):
    return b""
