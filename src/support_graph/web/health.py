"""Whether this process is alive, and whether the house is ready to work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Response, status

from support_graph.desk.parts import Desk
from support_graph.web.auth import AtDesk
from support_graph.web.fields import Shown

router = APIRouter(tags=["Operations"])

_PATIENCE_SECONDS: Final = 3.0
_WORKER_SIGN_SECONDS: Final = 30.0


class Alive(Shown):
    status: str = "alive"


class Check(Shown):
    ok: bool
    detail: str


class Readiness(Shown):
    """`degraded`: the vector index is away, so searches are exact and slower, but right."""

    status: str
    checks: dict[str, Check]


@router.get("/healthz")
async def healthz() -> Alive:
    return Alive()


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready"}})
async def readyz(desk: AtDesk, response: Response) -> Readiness:
    """503 without the database or a worker."""
    names = ("database", "worker", "index")
    looks: tuple[Callable[[Desk], Awaitable[Check]], ...] = (_database, _worker, _index)
    found = await asyncio.gather(*(_within_patience(look, desk) for look in looks))
    checks = dict(zip(names, found, strict=True))
    if not (checks["database"].ok and checks["worker"].ok):
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        return Readiness(status="unavailable", checks=checks)
    return Readiness(status="ready" if checks["index"].ok else "degraded", checks=checks)


async def _within_patience(look: Callable[[Desk], Awaitable[Check]], desk: Desk) -> Check:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await look(desk)
    except TimeoutError:
        return Check(ok=False, detail=f"no answer within {_PATIENCE_SECONDS:g} s")
    except Exception as error:  # noqa: BLE001 - whatever it is, this part isn't ready
        return Check(ok=False, detail=f"away ({type(error).__name__})")


async def _database(desk: Desk) -> Check:
    async with desk.stores.across() as workspaces:
        await workspaces.vitals.workers(seconds=_WORKER_SIGN_SECONDS)
    return Check(ok=True, detail="answers")


async def _worker(desk: Desk) -> Check:
    async with desk.stores.across() as workspaces:
        alive = await workspaces.vitals.workers(seconds=_WORKER_SIGN_SECONDS)
    return Check(ok=alive > 0, detail=f"{alive} gave a sign in the last {_WORKER_SIGN_SECONDS:g} s")


async def _index(desk: Desk) -> Check:
    alive = await desk.vectors.alive()
    return Check(ok=alive, detail="answers" if alive else "away; searches are exact meanwhile")
