"""Settings: the workspace's numbers, with what another target would have meant, and the log."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from support_graph.desk import auditing, foresight, settings
from support_graph.domain.audit import AuditEntry, AuditNoun
from support_graph.domain.workspaces import Mode, Role, WorkspaceSettings
from support_graph.web.auth import AtDesk
from support_graph.web.pages.csrf import Protected
from support_graph.web.pages.failures import PageRoute
from support_graph.web.pages.flashes import Said
from support_graph.web.pages.rendering import page, part, query, redirect
from support_graph.web.pages.visitors import AsAdminMember, AsMember
from support_graph.web.shapes.settings import SettingsChanges

router = APIRouter(
    prefix="/settings", route_class=PageRoute, include_in_schema=False, dependencies=[Protected]
)

PERCENTAGES: Final = ("target_precision", "audit_ceiling")
_WHOLE: Final = ("phrasing_limit", "scope_support")
_TEXTS: Final = ("mode", "greeting_reply", "thanks_reply")
_LEAST, _MOST = 0.5, 0.999
_LOGGED: Final = 50

Fields = Mapping[str, str]


def fields_of(current: WorkspaceSettings) -> dict[str, str]:
    """As they stand in the form: shares in percent, as exactly as they are kept."""
    shown = {
        name: getattr(current, name)
        for name in SettingsChanges.model_fields
        if hasattr(current, name)
    }
    for name in PERCENTAGES:
        shown[name] = round(100 * shown[name], 6)
    return {name: str(value) if name in _TEXTS else f"{value:g}" for name, value in shown.items()}


def changes_of(form: FormData) -> tuple[dict[str, Any], set[str]]:
    """What the form says, by the names of the settings, and the fields that say nothing usable."""
    typed: dict[str, Any] = {}
    wrong: set[str] = set()
    for name in SettingsChanges.model_fields:
        given = form.get(name)
        if not isinstance(given, str):
            continue
        try:
            typed[name] = _read(name, given.strip())
        except ValueError:
            wrong.add(name)
    try:
        known = SettingsChanges.model_validate(typed)
    except ValidationError as error:
        return {}, wrong | {str(one["loc"][0]) for one in error.errors()}
    return known.model_dump(exclude_unset=True), wrong


def _read(name: str, given: str) -> Any:
    if name == "mode":
        return Mode(given)
    if name in _TEXTS:
        return given
    if name in _WHOLE:
        return int(given)
    value = float(given.replace(",", "."))
    return round(value / 100, 8) if name in PERCENTAGES else value


def _target(typed: str, otherwise: float) -> float:
    """A candidate from the address, in percent."""
    try:
        value = float(typed.replace(",", ".")) / 100
    except ValueError:
        return otherwise
    return value if _LEAST <= value <= _MOST else otherwise


Candidate = Annotated[str, Query(max_length=20)]


@router.get("")
async def get_settings(
    request: Request, desk: AtDesk, by: AsMember, target_precision: Candidate = ""
) -> Response:
    """`target_precision` asks for the preview of another target, without a script."""
    if not by.role.includes(Role.ADMIN):
        return RedirectResponse("/settings/account", status_code=303)
    current = await settings.read(desk, by.workspace_id)
    fields = fields_of(current)
    candidate = _target(target_precision, current.target_precision)
    if candidate != current.target_precision:
        fields["target_precision"] = f"{round(100 * candidate, 6):g}"
    return await _page(request, desk, by, current, fields, candidate=candidate)


async def _page(
    request: Request,
    desk: AtDesk,
    by: AsMember,
    current: WorkspaceSettings,
    fields: Fields,
    *,
    candidate: float,
    wrong: set[str] | None = None,
    status: int = 200,
) -> Response:
    return await page(
        request,
        by,
        "settings/page.html",
        place="settings",
        status=status,
        tab="assistant",
        current=current,
        fields=fields,
        wrong=wrong or set(),
        modes=list(Mode),
        **await _previewed(desk, by, current, candidate),
    )


async def _previewed(
    desk: AtDesk, by: AsMember, current: WorkspaceSettings, candidate: float
) -> dict[str, Any]:
    """What the candidate would have meant, beside what is in force."""
    now = await foresight.preview(desk, by.workspace_id, current.target_precision)
    if candidate == current.target_precision:
        return {"foreseen": now, "compared": None}
    other = await foresight.preview(desk, by.workspace_id, candidate)
    return {"foreseen": other, "compared": now}


@router.get("/preview")
async def get_preview(
    request: Request, desk: AtDesk, by: AsAdminMember, target_precision: Candidate = ""
) -> Response:
    current = await settings.read(desk, by.workspace_id)
    candidate = _target(target_precision, current.target_precision)
    shown = await _previewed(desk, by, current, candidate)
    return part(request, "settings/preview.html", current=current, **shown)


@router.post("")
async def post_settings(request: Request, desk: AtDesk, by: AsAdminMember) -> Response:
    form = await request.form()
    changes, wrong = changes_of(form)
    if wrong:
        current = await settings.read(desk, by.workspace_id)
        typed = {name: str(form.get(name, "")) for name in fields_of(current)}
        candidate = _target(typed["target_precision"], current.target_precision)
        return await _page(
            request, desk, by, current, typed, candidate=candidate, wrong=wrong, status=422
        )
    await settings.change(desk, by.workspace_id, changes, by=by.teammate)
    return redirect(request, "/settings", said=Said(key="settings.said.saved"))


@router.get("/log")
async def get_log(
    request: Request,
    desk: AtDesk,
    by: AsAdminMember,
    noun: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    chosen = AuditNoun(noun) if noun in set(AuditNoun) else None
    entries, following = await auditing.entries(
        desk, by.workspace_id, noun=chosen, cursor=cursor or None, limit=_LOGGED
    )
    path = f"/settings/log{query(noun=chosen, cursor=following)}" if following else None
    async with by.scope.begin() as tx:
        kept = await tx.removals.among([one.subject_id for one in entries if one.subject_id])
    return await page(
        request,
        by,
        "settings/log.html",
        place="settings",
        tab="log",
        entries=entries,
        noun=chosen,
        nouns=list(AuditNoun),
        following=path,
        undoable=_undoable(entries, kept),
    )


def _undoable(entries: Sequence[AuditEntry], kept: Collection[UUID]) -> set[str]:
    """The cursors of the removals that can be undone: each document's last one."""
    last = {
        one.subject_id: one.cursor
        for one in reversed(entries)
        if one.noun is AuditNoun.DOCUMENT and one.change == "removed"
    }
    return {cursor for subject_id, cursor in last.items() if subject_id in kept}
