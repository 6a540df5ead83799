"""Revisions as entity tags: a change names the revision it is made to."""

import re
from typing import Annotated, Final

from fastapi import Depends, Header, Response

from support_graph.domain.errors import Invalid
from support_graph.web.problems import Problem

_TAG: Final = re.compile(r'"(\d{1,9})"')


def tagged(response: Response, revision: int) -> None:
    response.headers["ETag"] = f'"{revision}"'


def _expected(
    if_match: Annotated[
        str | None, Header(description='The revision that was read, as `"3"`.', max_length=200)
    ] = None,
) -> int:
    if if_match is None:
        raise Problem(
            "precondition_required",
            'Say which revision you read with `If-Match: "<revision>"`.',
        )
    tag = _TAG.fullmatch(if_match.strip())
    if tag is None:
        raise Invalid(field="If-Match", problem='Send one revision in quotes, such as "3".')
    return int(tag[1])


ExpectedRevision = Annotated[int, Depends(_expected)]
