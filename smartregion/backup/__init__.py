"""Backup, restore and the drill of a restore (docs/decisions/0030).

`keys` reads the key file, `envelope` packs and encrypts, `programs` calls PostgreSQL's own tools, `rows`
tells by hashes whether two databases hold the same. `making` makes a backup, `restoring` brings one back,
`rehearsal` tries that out in a database of its own.
"""


class BackupError(Exception):
    """Ends the command. Its German message says what is wrong and what to do."""
