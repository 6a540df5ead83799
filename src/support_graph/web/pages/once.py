"""A form that is sent again, because no answer came, does what it does once."""

import hashlib
from typing import Annotated

from fastapi import Form

Once = Annotated[str, Form(max_length=40)]
"""A word that each form of a page gets anew."""


def once_only(once: str, text: str) -> str | None:
    """The key under which it is done; other words in the same form are another wish."""
    wish = f"{once}\n{text}".encode("utf-8", "backslashreplace")
    return f"form:{hashlib.sha256(wish).hexdigest()}" if once else None
