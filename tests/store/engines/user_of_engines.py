"""A process that uses a data folder: starts what it is told, says so, and ends as it is told.

Arguments: the folder, then any of postgres, chroma, hold. Prints one line of JSON when ready. The
line "stop" on its input stops the engines; any other leaves that to the interpreter's exit.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from support_graph.store.engines import DataFolder, EmbeddedChroma, EmbeddedPostgres


async def main() -> None:
    folder = DataFolder(Path(sys.argv[1]))
    ready: dict[str, Any] = {}
    engines: list[EmbeddedPostgres | EmbeddedChroma] = []
    held = folder.hold("serve") if "hold" in sys.argv else None
    if "postgres" in sys.argv:
        postgres = EmbeddedPostgres(folder)
        await postgres.start()
        ready["dsn"] = postgres.dsn()
        engines.append(postgres)
    if "chroma" in sys.argv:
        chroma = EmbeddedChroma(folder)
        ready["port"] = (await chroma.start()).port
        engines.append(chroma)
    print(json.dumps(ready), flush=True)  # noqa: T201 - how the test hears of it
    if (await asyncio.to_thread(sys.stdin.readline)).strip() == "stop":
        for engine in engines:
            await engine.stop()
    if held is not None:
        held.release()


asyncio.run(main())
