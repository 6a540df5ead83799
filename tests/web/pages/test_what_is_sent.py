"""What a browser gets: assets small and kept for good, pages whole."""

import httpx

from support_graph.web.pages.assets import asset


async def test_assets_are_compressed_and_kept(stranger: httpx.AsyncClient) -> None:
    for name in ("pages.css", "htmx.js", "pages.js"):
        small = await stranger.get(asset(name), headers={"Accept-Encoding": "gzip"})
        plain = await stranger.get(asset(name), headers={"Accept-Encoding": "identity"})

        assert small.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert small.text == plain.text
        assert int(small.headers["content-length"]) < 0.45 * len(plain.content), name
        for response in (small, plain):
            assert "immutable" in response.headers["cache-control"]
            assert response.headers["vary"] == "Accept-Encoding"


async def test_all_that_the_first_page_needs_is_less_than_100_kb(
    stranger: httpx.AsyncClient,
) -> None:
    sizes = [
        int((await stranger.get(asset(name))).headers["content-length"])
        for name in ("pages.css", "htmx.js", "pages.js", "icons.svg", "mark.svg")
    ]
    assert sum(sizes) < 100_000


async def test_pages_are_not_compressed(stranger: httpx.AsyncClient) -> None:
    """They hold a token beside words that others chose."""
    page = await stranger.get("/sign-in", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in page.headers
