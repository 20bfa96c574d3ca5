"""
Secrets that we hand out once and recognise again. Only their hashes are stored.

A token is 256 random bits, so a plain SHA-256 is as good as a slow password hash.
"""

import hashlib
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
