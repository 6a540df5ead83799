"""Whom Postgres runs as: ourselves, or, since it refuses root, a system user of its own."""

import logging
import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from support_graph.store.engines.errors import EmbeddedPostgresUnavailable
from support_graph.store.engines.server_process import User

SYSTEM_USER = "pgserver"

logger = logging.getLogger(__name__)


def postgres_user(data: Path) -> User | None:
    """Uid and gid to run as, None for ourselves. Data made by another user stays theirs."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return owner.st_uid, owner.st_gid
    entry = _entry() or _created()
    return entry.pw_uid, entry.pw_gid


def give(folder: Path, user: User | None) -> None:
    """Makes `folder` the user's own, and lets the user pass (not look) through those above it."""
    if user is None:
        return
    os.chown(folder, *user)
    let_through(folder)


def let_through(path: Path) -> None:
    """Adds the right to pass, for everybody, to the folders above `path` that lack it."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            logger.warning("others may now pass through %s: Postgres can't run as root", folder)
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def let_read(tree: Path) -> None:
    """Makes everything below `tree` readable: root's umask may have kept it to root."""
    for path in (tree, *tree.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return None


def _created() -> pwd.struct_passwd:
    useradd = shutil.which("useradd")
    if useradd is None:
        reason = f"Postgres doesn't run as root, and there is no useradd to make user {SYSTEM_USER}"
        raise EmbeddedPostgresUnavailable(reason)
    options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "--user-group"]
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [useradd, *options, SYSTEM_USER], capture_output=True, text=True, check=False
    )
    entry = _entry()  # first: another process may have made it meanwhile, and useradd failed
    if entry is None:
        reason = f"user {SYSTEM_USER} can't be made: {done.stderr.strip()}"
        raise EmbeddedPostgresUnavailable(reason)
    return entry
