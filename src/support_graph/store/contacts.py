"""Contacts: one customer behind any of their external ids."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Text, any_, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from support_graph.domain.attributes import Attributes
from support_graph.domain.conversations import Contact
from support_graph.domain.ids import ContactId, new_id
from support_graph.store.prepared import Prepared, own
from support_graph.store.rooms import Room
from support_graph.store.tables import contact_ids, contacts

_KNOWN = Prepared(
    select(contact_ids.c.contact_id)
    .where(
        own(contact_ids),
        contact_ids.c.external_id == any_(bindparam("ids", type_=ARRAY(Text))),
    )
    .order_by(contact_ids.c.contact_id)
    .limit(1)
)
_NEW = Prepared(insert(contacts), columns=("workspace_id", "id", "name", "attributes", "sent"))
_IS = contacts.c.id == bindparam("contact_id")
_HELD = Prepared(
    select(contacts.c.name, contacts.c.attributes, contacts.c.sent)
    .where(own(contacts), _IS)
    .with_for_update(key_share=True)
)
_LEARN = Prepared(
    update(contacts).where(own(contacts), _IS), columns=("name", "attributes", "sent")
)
_LINK = ("workspace_id", "external_id", "contact_id")
_FIRST_LINK = Prepared(
    upsert(contact_ids)
    .on_conflict_do_update(
        index_elements=["workspace_id", "external_id"],
        set_={"external_id": contact_ids.c.external_id},
    )
    .returning(contact_ids.c.contact_id),
    columns=_LINK,
)
_FURTHER_LINK = Prepared(upsert(contact_ids).on_conflict_do_nothing(), columns=_LINK)


class Contacts(Room):
    async def ensure(
        self, *, ids: Sequence[str], name: str | None, attributes: Mapping[str, Any]
    ) -> ContactId:
        """The contact known by any of `ids` (at least one), made if there is none.

        New ids and attributes are added to what is known; the attributes that were not sent for
        the longest time give way (domain.attributes). Two requests that bring the same new contact
        at once get the same one: whoever writes the first id first.
        """
        # In one order everywhere, so that two requests that bring the same ids wait for each other
        # instead of deadlocking.
        ids = sorted(set(ids))
        known = await self._known(ids)
        contact_id = known or await self._new(ids[0], name, attributes)
        for external in ids if known else ids[1:]:
            await self._do(_FURTHER_LINK, external_id=external, contact_id=contact_id)
        if known is not None and (name or attributes):
            await self._learn(known, name, attributes)
        return contact_id

    async def get(self, contact_id: ContactId) -> Contact:
        row = await self._one(
            select(contacts).where(self._own(contacts), contacts.c.id == contact_id)
        )
        assert row is not None
        linked = select(contact_ids.c.external_id).where(
            self._own(contact_ids), contact_ids.c.contact_id == contact_id
        )
        ids = tuple(r["external_id"] for r in await self._all(linked.order_by("external_id")))
        return Contact(id=contact_id, ids=ids, name=row["name"], attributes=row["attributes"])

    async def _known(self, ids: Sequence[str]) -> ContactId | None:
        row = await self._first(_KNOWN, ids=list(ids))
        return ContactId(row["contact_id"]) if row else None

    async def _new(
        self, first_id: str, name: str | None, attributes: Mapping[str, Any]
    ) -> ContactId:
        contact_id = ContactId(new_id())
        kept = Attributes().joined(attributes)
        await self._do(
            _NEW, id=contact_id, name=name, attributes=dict(kept.values), sent=list(kept.sent)
        )
        row = await self._first(_FIRST_LINK, external_id=first_id, contact_id=contact_id)
        assert row is not None
        return ContactId(row["contact_id"])

    async def _learn(
        self, contact_id: ContactId, name: str | None, attributes: Mapping[str, Any]
    ) -> None:
        row = await self._first(_HELD, contact_id=contact_id)
        assert row is not None
        known = Attributes(values=row["attributes"], sent=row["sent"])
        kept = known.joined(attributes) if attributes else known
        await self._do(
            _LEARN,
            contact_id=contact_id,
            name=name or row["name"],
            attributes=dict(kept.values),
            sent=list(kept.sent),
        )
