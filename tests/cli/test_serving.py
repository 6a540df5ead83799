"""`support-graph serve`: how it begins, and all the ways it ends."""

import httpx

from tests.cli.conftest import CommandLine, Server


def test_a_killed_server_starts_again_and_ctrl_c_ends_everything(command_line: CommandLine) -> None:
    Server(command_line).killed()
    assert command_line.at_work()  # its engines, which the next one finds
    server = Server(command_line)
    assert httpx.get(f"{server.url}/readyz").json()["status"] == "ready"
    assert "Escalated" in command_line.succeeds("ask", "Where is my parcel?").words
    ended = server.interrupted()
    assert ended.code == 0
    assert "A key to begin with: support-graph keys create" in ended.out
    assert "Traceback" not in ended.err
    assert command_line.at_work() == []


def test_one_process_serves_a_folder_and_one_listens_on_a_port(command_line: CommandLine) -> None:
    server = Server(command_line)
    elsewhere = command_line.place / "elsewhere"
    second = command_line.begin("serve", "--port", "0")
    demo = command_line.begin("demo", "--once")
    same_port = command_line.begin("serve", "--port", server.port, data=elsewhere)
    for process in (second, demo):
        refused = command_line.end(process)
        assert refused.code == 1
        assert f"is in use by `serve` (process {server.process.pid})" in refused.err
        assert refused.err.count("\n") == 1
    taken = command_line.end(same_port)
    assert taken.code == 1
    assert f"Can't listen on 127.0.0.1:{server.port}: address already in use" in taken.err
    assert not list((elsewhere / "postgres").iterdir())
    server.interrupted()
