"""Many people read and write at once while reports are compiled, and note what was acknowledged.

`make crowd` compares the journals with the database, and the times with those of an idle portal.
"""
