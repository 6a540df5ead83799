"""What people type into forms and addresses."""


def plain(typed: str) -> str:
    """Without what Postgres can't hold, and without space around it."""
    return typed.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
