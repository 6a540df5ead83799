"""Fetches a document from the web without letting its author use this server as a go-between.

A host is resolved here, every address it has is checked, and the connection goes to a checked
address: a name that resolves to something else a moment later gains nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import httpx

from support_graph.brain.errors import AddressRefused, UnreadableDocument
from support_graph.brain.parse import MAX_BYTES

TIMEOUT_SECONDS: Final = 20.0
_MOST_REDIRECTS: Final = 5
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_HEADERS: Final = {
    "User-Agent": "support-graph",
    "Accept": "text/html, text/markdown, text/plain, application/pdf;q=0.9, */*;q=0.1",
    # Asked for plainly, so that the size limit is one of bytes on the wire.
    "Accept-Encoding": "identity",
}

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A fetched document; `url` is where the redirects ended."""

    url: str
    content: bytes
    media_type: str | None


async def fetch(
    url: str,
    *,
    allow_private: bool = False,
    max_bytes: int = MAX_BYTES,
    seconds: float = TIMEOUT_SECONDS,
) -> Fetched:
    """The document at `url`, from public addresses only unless `allow_private`.

    See `fetch_within`.
    """
    reachable = _anywhere if allow_private else is_public
    return await fetch_within(url, reachable=reachable, max_bytes=max_bytes, seconds=seconds)


async def fetch_within(
    url: str,
    *,
    reachable: Callable[[str], bool],
    max_bytes: int = MAX_BYTES,
    seconds: float = TIMEOUT_SECONDS,
) -> Fetched:
    """The document at `url`, after at most 5 redirects and `seconds` in all.

    Every host on the way must resolve to addresses that are all `reachable`. Raises
    AddressRefused where one isn't, UnreadableDocument for whatever else keeps the document away.
    """
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(
                # Proxy settings would send the request around the checks.
                trust_env=False,
                timeout=seconds,
            ) as client,
        ):
            return await _followed(client, url, reachable=reachable, max_bytes=max_bytes)
    except TimeoutError as error:
        raise UnreadableDocument(source=url, reason=f"no answer in {seconds:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        reason = str(error) or type(error).__name__
        raise UnreadableDocument(source=url, reason=reason) from error


async def _followed(
    client: httpx.AsyncClient, url: str, *, reachable: Callable[[str], bool], max_bytes: int
) -> Fetched:
    at = httpx.URL(url)
    for _ in range(_MOST_REDIRECTS + 1):
        addresses = await _addresses(at, source=url, reachable=reachable)
        response = await _sent(client, at, addresses)
        try:
            if response.has_redirect_location:
                at = at.join(response.headers["Location"])
                continue
            return await _received(response, at=at, source=url, max_bytes=max_bytes)
        finally:
            await response.aclose()
    raise UnreadableDocument(source=url, reason=f"more than {_MOST_REDIRECTS} redirects")


async def _addresses(url: httpx.URL, *, source: str, reachable: Callable[[str], bool]) -> list[str]:
    """Where the host of `url` is, if nothing forbids to go there."""
    if url.scheme not in {"http", "https"} or not url.host:
        raise UnreadableDocument(source=source, reason="only http and https are fetched")
    if url.userinfo:
        raise UnreadableDocument(source=source, reason="an address with a password isn't fetched")
    port = url.port or (443 if url.scheme == "https" else 80)
    host = url.raw_host.decode("ascii").strip("[]")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # the latter of a name that no host can have
        raise UnreadableDocument(source=source, reason=f"host {host} isn't found") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not reachable(address):
            raise AddressRefused(source=source, address=address)
    return addresses


def is_public(address: str) -> bool:
    """Whether an address is on the public internet, also when it wraps another one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return all(inner.is_global and not inner.is_multicast for inner in _wrapped(ip))


def _anywhere(_address: str) -> bool:
    return True


def _wrapped(ip: Address) -> list[Address]:
    if isinstance(ip, ipaddress.IPv4Address):
        return [ip]
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    if ip in _NAT64:
        return [ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)]
    inner: list[Address | None] = [ip, ip.sixtofour, *(ip.teredo or ())]
    return [one for one in inner if one is not None]


async def _sent(client: httpx.AsyncClient, url: httpx.URL, addresses: list[str]) -> httpx.Response:
    """The answer of the first address that lets us connect; its body is still unread."""
    host = url.raw_host.decode("ascii").strip("[]")
    for address in addresses:
        request = client.build_request(
            "GET",
            url.copy_with(host=address),
            headers={**_HEADERS, "Host": url.netloc.decode("ascii")},
            # TLS still asks for, and verifies, the name in the address.
            extensions={"sni_hostname": host},
        )
        try:
            return await client.send(request, stream=True, follow_redirects=False)
        except httpx.ConnectError:
            if address == addresses[-1]:
                raise
    raise AssertionError("getaddrinfo gives at least one address or fails")


async def _received(
    response: httpx.Response, *, at: httpx.URL, source: str, max_bytes: int
) -> Fetched:
    if not response.is_success:
        reason = f"the server answered {response.status_code}"
        raise UnreadableDocument(source=source, reason=reason)
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > max_bytes:
            reason = f"it is larger than {max_bytes:,} bytes"
            raise UnreadableDocument(source=source, reason=reason)
    media_type = response.headers.get("Content-Type")
    return Fetched(url=str(at), content=bytes(content), media_type=media_type)
