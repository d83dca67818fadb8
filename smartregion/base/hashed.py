"""What the database knows of the secret in a link or a token; the secret itself is with its holder alone."""

import hashlib


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
