"""What LangGraph's servers run: the flow for Studio, on the stores of `support-graph serve`.

Loading this opens nothing. The first run opens the desk, and the application's end closes it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from support_graph import bootstrap
from support_graph.desk import studio

# LangGraph loads this file twice, once for each name in langgraph.json; the desk is the same one.
_desk = bootstrap.standing_desk()

support = studio.build(_desk.do).compile(name="support")


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    yield
    await asyncio.to_thread(_desk.close)


app = Starlette(lifespan=_lifespan)
