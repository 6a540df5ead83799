"""What a merge brought can be taken out again, whatever was changed since."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from support_graph.domain.ids import PhrasingId, new_id
from support_graph.domain.merges import Left
from support_graph.domain.resolutions import Content, Phrasing
from support_graph.learning.joining import giving_back, taking_in

_TEXTS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=5, unique=True)
_SCOPES = st.dictionaries(st.sampled_from(["plan", "page"]), st.sampled_from(["x", "y", "z"]))


@st.composite
def _contents(draw: st.DrawFn) -> Content:
    return Content(
        answer=draw(st.sampled_from(["One.", "Two."])),
        phrasings=tuple(Phrasing(id=PhrasingId(new_id()), text=t) for t in draw(_TEXTS)),
        scope=draw(_SCOPES),
        pinned=draw(st.booleans()),
    )


@given(target=_contents(), source=_contents())
def test_what_took_another_in_and_gives_it_back_is_what_it_was(
    target: Content, source: Content
) -> None:
    after = taking_in(target, source)

    given_back = giving_back(target, after, after)

    assert given_back.content == target
    assert given_back.left == []


@given(target=_contents(), source=_contents(), answer=st.text(max_size=5))
def test_what_was_changed_since_stays(target: Content, source: Content, answer: str) -> None:
    after = taking_in(target, source)
    learned = Phrasing(id=PhrasingId(new_id()), text="learned since")
    now = replace(after, answer=answer, phrasings=(*after.phrasings, learned), pinned=True)

    given_back = giving_back(target, after, now).content

    assert given_back.phrasings == (*target.phrasings, learned)
    assert (given_back.answer, given_back.pinned) == (answer, True)
    assert given_back.scope == target.scope


def test_a_resolution_keeps_at_least_one_phrasing() -> None:
    one, other = (
        Content(answer=a, phrasings=(Phrasing(id=PhrasingId(new_id()), text=a),)) for a in "ab"
    )
    after = taking_in(one, other)
    now = replace(after, phrasings=after.phrasings[1:])

    given_back = giving_back(one, after, now)

    assert given_back.content == now
    assert given_back.left == [Left.LAST_PHRASINGS]
