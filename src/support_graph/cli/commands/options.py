"""Options that many commands have."""

from typing import Annotated

import typer

Workspace = Annotated[
    str, typer.Option("--workspace", "-w", metavar="NAME", help="The workspace to work in.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")]
Wait = Annotated[
    float, typer.Option("--wait", min=0, metavar="SECONDS", help="For how long to wait at most.")
]
