"""Becomes a server of its own session: run as a script by server_process, standard library only.

Descriptor 3 is the locked file that says "alive" for as long as the server, or any process it
forks, exists. The only argument is JSON: argv, cwd, uid, gid (null: unchanged), open_files.
"""

import json
import os
import resource
import signal
import sys
from contextlib import suppress

LOCK_FD = 3
# What macOS allows at most where it refuses more.
MODEST_OPEN_FILES = 10_240


def close_others() -> None:
    """Libraries of the parent may have left descriptors inheritable; a server would keep them."""
    for fd in [int(name) for name in os.listdir("/dev/fd")]:  # noqa: PTH208 - pathlib is slow to load
        if fd > LOCK_FD:
            with suppress(OSError):
                os.close(fd)


def raise_open_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    for limit in (most, min(most, MODEST_OPEN_FILES)):
        if limit > soft:
            with suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
                return


def main() -> None:
    order = json.loads(sys.argv[1])
    os.setsid()
    os.umask(0o077)
    close_others()
    raise_open_files(order["open_files"])
    os.chdir(order["cwd"])
    os.ftruncate(LOCK_FD, 0)
    os.pwrite(LOCK_FD, str(os.getpid()).encode(), 0)
    if order["uid"] is not None:
        os.setgroups([])
        os.setgid(order["gid"])
        os.setuid(order["uid"])
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # ignored by Python, and inherited by exec
        signal.signal(ignored, signal.SIG_DFL)
    os.execv(order["argv"][0], order["argv"])  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
