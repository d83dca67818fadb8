"""What is public, for machines and for other websites: files, catalogue, interfaces, pages to be embedded.

A resource (`resource.py`, one file each in `datasets/`) says once what its rows and columns are. Page, data
dictionary, files, catalogue, API, its OpenAPI description and the map interface are all made from that
(docs/decisions/0024).
"""
