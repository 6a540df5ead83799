"""The embedded Chroma is found, shared, started again and stopped, however its users end."""

import asyncio
import os
import resource
import socket
import sys
from collections.abc import Callable

import httpx
import psutil
import pytest

from support_graph.store.engines import ChromaAddress, DataFolder, EmbeddedChroma, EngineFailed

from .processes import Other, kill_server, server_pid, servers

Another = Callable[..., Other]


class Index:
    """One collection, over Chroma's own HTTP interface."""

    def __init__(self, port: int) -> None:
        database = "/api/v2/tenants/default_tenant/databases/default_database"
        self.url = f"http://127.0.0.1:{port}{database}/collections"
        made = self._post(self.url, {"name": "kept", "get_or_create": True})
        self.collection = f"{self.url}/{made['id']}"

    def write(self, *ids: str) -> None:
        embeddings = [[float(len(name)), 1.0, 0.0] for name in ids]
        self._post(f"{self.collection}/upsert", {"ids": list(ids), "embeddings": embeddings})

    def read(self) -> list[str]:
        return sorted(self._post(f"{self.collection}/get", {})["ids"])

    def _post(self, url: str, body: dict[str, object]) -> dict[str, list[str]]:
        answer = httpx.post(url, json=body, trust_env=False, timeout=120)
        answer.raise_for_status()
        return dict(answer.json())


async def test_it_starts_on_loopback_only_with_many_open_files(
    chroma: EmbeddedChroma, folder: DataFolder
) -> None:
    address = await chroma.start()
    process = psutil.Process(server_pid(folder, "chroma"))
    listening = [c.laddr for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
    assert listening == [(address.host, address.port)]
    assert address.host == "127.0.0.1"
    if sys.platform == "linux":
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        assert process.rlimit(psutil.RLIMIT_NOFILE)[0] >= min(hard, 65_536)


async def test_it_is_detached_and_holds_nothing_of_its_owner(
    chroma: EmbeddedChroma, folder: DataFolder
) -> None:
    read, write = os.pipe()
    os.set_inheritable(write, True)
    await chroma.start()
    os.close(write)
    assert os.read(read, 1) == b""  # the end: nobody else has the writing side
    os.close(read)
    assert os.getsid(server_pid(folder, "chroma")) != os.getsid(0)


async def test_starting_and_ensuring_at_once_gives_one_server(
    chroma: EmbeddedChroma, folder: DataFolder
) -> None:
    addresses = await asyncio.gather(chroma.start(), *(chroma.ensure() for _ in range(8)))
    assert len(set(addresses)) == 1
    assert [p.pid for p in servers(folder.path)] == [server_pid(folder, "chroma")]


async def test_a_second_process_shares_it_and_the_last_one_stops_it(
    folder: DataFolder, another: Another, chroma: EmbeddedChroma
) -> None:
    other = another("chroma")
    port = other.ready()["port"]
    Index(port).write("a")
    assert await chroma.start() == ChromaAddress(host="127.0.0.1", port=port)
    other.leave()
    assert Index((await chroma.ensure()).port).read() == ["a"]
    await chroma.stop()
    assert servers(folder.path) == []


async def test_two_that_start_it_at_once_get_the_same(folder: DataFolder, another: Another) -> None:
    others = [another("chroma") for _ in range(2)]
    assert len({other.ready()["port"] for other in others}) == 1
    assert len(servers(folder.path)) == 1
    for other in others:
        other.leave("just end")
    assert servers(folder.path) == []


async def test_after_kill_9_of_its_owner_the_next_start_finds_it(
    folder: DataFolder, another: Another, chroma: EmbeddedChroma
) -> None:
    other = another("chroma")
    port = other.ready()["port"]
    Index(port).write("a")
    first = server_pid(folder, "chroma")
    other.kill()
    assert (await chroma.start()).port == port
    assert server_pid(folder, "chroma") == first
    assert Index(port).read() == ["a"]
    await chroma.stop()
    assert servers(folder.path) == []


async def test_after_kill_9_of_its_last_user_one_that_never_needed_it_stops_it(
    folder: DataFolder, another: Another, chroma: EmbeddedChroma
) -> None:
    last, other = another("chroma"), another("chroma")
    assert last.ready() == other.ready()
    other.kill()
    await chroma.stop()
    assert len(servers(folder.path)) == 1
    last.kill()
    await chroma.stop()
    assert servers(folder.path) == []


async def test_after_kill_9_of_chroma_acknowledged_rows_are_there_at_the_same_address(
    folder: DataFolder, chroma: EmbeddedChroma
) -> None:
    address = await chroma.start()
    names = [f"row {n}" for n in range(30)]
    for name in names:
        Index(address.port).write(name)
    first = kill_server(folder, "chroma")
    assert await chroma.ensure() == address
    assert server_pid(folder, "chroma") != first
    assert Index(address.port).read() == sorted(names)


async def test_many_that_miss_it_at_once_start_it_once(
    folder: DataFolder, another: Another, chroma: EmbeddedChroma
) -> None:
    await chroma.start()
    other = another("chroma")
    other.ready()
    kill_server(folder, "chroma")
    addresses = await asyncio.gather(*(chroma.ensure() for _ in range(8)))
    assert len(set(addresses)) == 1
    assert [p.pid for p in servers(folder.path)] == [server_pid(folder, "chroma")]


async def test_when_its_port_was_taken_meanwhile_it_takes_another(
    folder: DataFolder, chroma: EmbeddedChroma
) -> None:
    address = await chroma.start()
    Index(address.port).write("a")
    await chroma.stop()
    with socket.create_server((address.host, address.port)):
        found = await chroma.start()
    assert found.port != address.port
    assert Index(found.port).read() == ["a"]


async def test_when_it_was_killed_before_it_said_its_port_it_is_found_all_the_same(
    folder: DataFolder, another: Another, chroma: EmbeddedChroma
) -> None:
    other = another("chroma")
    port = other.ready()["port"]
    other.kill()
    (folder.run / "chroma.json").unlink()
    assert (await chroma.start()).port == port


async def test_requests_leave_nothing_in_its_log(
    chroma: EmbeddedChroma, folder: DataFolder
) -> None:
    index = Index((await chroma.start()).port)
    before = (folder.run / "chroma.log").stat().st_size
    index.write("a")
    assert index.read() == ["a"]
    assert (folder.run / "chroma.log").stat().st_size == before


async def test_when_it_cannot_start_the_error_says_so(
    folder: DataFolder, chroma: EmbeddedChroma
) -> None:
    (folder.chroma / "chroma.sqlite3").write_text("no database")
    with pytest.raises(EngineFailed) as failed:
        await chroma.start()
    assert failed.value.log_tail
    assert servers(folder.path) == []
