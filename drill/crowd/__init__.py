"""Many people at once: they read and write while reports are compiled, and each keeps a journal of what was
acknowledged. `make crowd` compares the journals with the database and the times with those of an idle portal."""
