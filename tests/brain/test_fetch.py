"""Documents are fetched from the public web only, within limits."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from support_graph.brain.errors import AddressRefused, UnreadableDocument
from support_graph.brain.fetch import fetch, fetch_within, is_public
from support_graph.brain.parse import parse


class Site(BaseHTTPRequestHandler):
    """A small site with one trouble a path."""

    def do_GET(self) -> None:
        pages: dict[str, Callable[[], None]] = {
            "/page": lambda: self._send(b"<h1>Refunds</h1><p>Five days</p>"),
            "/moved": lambda: self._redirect("page"),
            "/loop": lambda: self._redirect("/loop"),
            "/elsewhere": lambda: self._redirect(f"http://127.0.0.2:{self._port()}/page"),
            "/file": lambda: self._redirect("file:///etc/hostname"),
            "/large": lambda: self._send(b"x" * 5_000),
            "/squeezed": lambda: self._send(gzip.compress(b"x" * 5_000), encoding="gzip"),
            "/slow": lambda: time.sleep(1),
            "/broken": lambda: self._send(b"", status=500),
            "/host": lambda: self._send(self.headers["Host"].encode()),
        }
        pages.get(self.path, lambda: self._send(b"", status=404))()

    def _port(self) -> int:
        return int(self.headers["Host"].rpartition(":")[2])

    def _send(self, content: bytes, *, status: int = 200, encoding: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        self.wfile.write(content)

    def _redirect(self, location: str) -> None:
        self.send_response(302)
        self.send_header("Location", location)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("0.0.0.0", 0), Site) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_a_page_is_fetched_with_its_type(site: str) -> None:
    fetched = await fetch(f"{site}/page", allow_private=True)

    assert fetched.media_type == "text/html; charset=utf-8"
    document = parse(fetched.content, source=fetched.url, media_type=fetched.media_type)
    assert (document.title, document.sections[0].text) == ("Refunds", "Five days")


async def test_redirects_are_followed_to_the_final_address(site: str) -> None:
    assert (await fetch(f"{site}/moved", allow_private=True)).url == f"{site}/page"


async def test_the_server_is_asked_by_its_name(site: str) -> None:
    named = site.replace("127.0.0.1", "localhost")

    fetched = await fetch(f"{named}/host", allow_private=True)

    assert f"http://{fetched.content.decode()}" == named
    assert fetched.url == f"{named}/host"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1", "[::ffff:127.0.0.1]"]
)
async def test_an_address_of_this_machine_is_refused(site: str, host: str) -> None:
    port = site.rpartition(":")[2]

    with pytest.raises(AddressRefused, match="isn't public"):
        await fetch(f"http://{host}:{port}/page")


async def test_a_redirect_to_a_refused_address_is_refused(site: str) -> None:
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.2"):
        await fetch_within(f"{site}/elsewhere", reachable=lambda address: address == "127.0.0.1")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/missing", "answered 404"),
        ("/broken", "answered 500"),
        ("/loop", "more than 5 redirects"),
        ("/file", "only http and https"),
        ("/large", "larger than 4,000 bytes"),
        ("/squeezed", "larger than 4,000 bytes"),
        ("/slow", r"no answer in 0\.5 s|timed out|Timeout"),
    ],
)
async def test_what_keeps_a_page_away_is_named(site: str, path: str, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        await fetch(f"{site}{path}", allow_private=True, max_bytes=4_000, seconds=0.5)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/hostname", "only http and https"),
        ("ftp://example.com/a", "only http and https"),
        ("http://", "only http and https"),
        ("not a url", "only http and https"),
        ("http://user:secret@127.0.0.1/", "password"),
        ("http://no-such-host.invalid/", "isn't found"),
        (f"http://{'a' * 70}.example/", "isn't found"),
        ("http://127.0.0.1:1/", "can't be read"),
        ("http://[::1", "can't be read"),
    ],
)
async def test_other_addresses_are_refused(url: str, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        await fetch(url, allow_private=True)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.0.0.1", False),
        ("172.16.9.9", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00:ec2::254", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:7f00:1::", False),
    ],
)
def test_public_addresses_are_told_from_others(address: str, public: bool) -> None:
    assert is_public(address) is public
