"""The tables. Every workspace table is keyed by (workspace_id, …), and so are its references:
a row can't point across workspaces even if the code that wrote it was wrong.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(name: str = "id", *, nullable: bool = False) -> Column[object]:
    return Column(name, UUID(as_uuid=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> Column[str]:
    return Column(name, Text, nullable=nullable, server_default=default)


def _json(name: str, empty: str = "{}") -> Column[object]:
    return Column(name, JSONB, nullable=False, server_default=text(f"'{empty}'::jsonb"))


def _time(name: str, *, nullable: bool = False, now: bool = False) -> Column[object]:
    default = func.clock_timestamp() if now else None
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


def _flag(name: str, *, default: bool) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text(str(default).lower()))


def _int(name: str, default: int | None = 0) -> Column[int]:
    given = None if default is None else text(str(default))
    return Column(name, Integer, nullable=default is None, server_default=given)


def _within(table: str, column: str) -> ForeignKeyConstraint:
    """A reference that can't leave its workspace."""
    return ForeignKeyConstraint(
        ["workspace_id", column],
        [f"{table}.workspace_id", f"{table}.id"],
        ondelete="CASCADE",
    )


def _workspace() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE")


_OWN_KEY = ("workspace_id", "id")

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    _json("settings"),
    # Bumped by every change of a resolution: caches and explanations name the version they saw.
    Column("store_version", BigInteger, nullable=False, server_default=text("0")),
    # The same for the Brain.
    Column("brain_version", BigInteger, nullable=False, server_default=text("0")),
    # Up to which store version it was looked at where answers hold.
    Column("discovered_version", BigInteger, nullable=False, server_default=text("0")),
    _time("created_at", now=True),
)

members = Table(
    "members",
    metadata,
    _id("workspace_id"),
    _id(),
    _text("name"),
    _text("role"),
    # Who signs in as this member; none for one that only keys speak for.
    _id("person_id", nullable=True),
    _time("created_at", now=True),
    # Shut out, and kept for the name of what they did.
    _time("disabled_at", nullable=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    UniqueConstraint("workspace_id", "name"),
    UniqueConstraint("workspace_id", "person_id", name="uq_members_workspace_id_person_id"),
    _workspace(),
    ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="SET NULL"),
    Index(None, "person_id"),
)

# A person may be a member of several workspaces, so people, sessions and attempts are in none.
people = Table(
    "people",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    _text("name"),
    Column("login", Text, nullable=True, unique=True),
    _text("password_hash", nullable=True),
    _time("created_at", now=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    _id("person_id"),
    _id("at_workspace", nullable=True),
    _time("created_at", now=True),
    _time("expires_at"),
    _time("revoked_at", nullable=True),
    ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["at_workspace"], ["workspaces.id"], ondelete="SET NULL"),
    Index(None, "person_id"),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("subject", LargeBinary, nullable=False),
    _time("created_at", now=True),
    Index("ix_sign_in_attempts_subject_created_at", "subject", "created_at"),
)

links = Table(
    "links",
    metadata,
    _id("workspace_id"),
    _id(),
    Column("digest", LargeBinary, nullable=False, unique=True),
    _text("role"),
    _id("member_id", nullable=True),
    _text("created_by"),
    _time("created_at", now=True),
    _time("expires_at"),
    _time("used_at", nullable=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _workspace(),
    _within("members", "member_id"),
)

keys = Table(
    "api_keys",
    metadata,
    _id("workspace_id"),
    _id(),
    _text("role"),
    _text("name"),
    _text("prefix"),
    Column("digest", LargeBinary, nullable=False, unique=True),
    _id("member_id", nullable=True),
    _time("created_at", now=True),
    _time("revoked_at", nullable=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _workspace(),
    _within("members", "member_id"),
)

contacts = Table(
    "contacts",
    metadata,
    _id("workspace_id"),
    _id(),
    _text("name", nullable=True),
    _json("attributes"),
    # The names of the attributes, those that were sent last at the end.
    Column("sent", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    _time("created_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _workspace(),
)

contact_ids = Table(
    "contact_ids",
    metadata,
    _id("workspace_id"),
    _text("external_id"),
    _id("contact_id"),
    PrimaryKeyConstraint("workspace_id", "external_id"),
    _within("contacts", "contact_id"),
    Index(None, "workspace_id", "contact_id"),
)

conversations = Table(
    "conversations",
    metadata,
    _id("workspace_id"),
    _id(),
    _text("channel"),
    _text("external_id", nullable=True),
    _id("contact_id"),
    _text("status"),
    _id("assignee_id", nullable=True),
    # Counts this conversation's events, so that a stream can be resumed without gaps.
    Column("event_seq", BigInteger, nullable=False, server_default=text("0")),
    _time("created_at", now=True),
    _time("updated_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    UniqueConstraint("workspace_id", "channel", "external_id"),
    _within("contacts", "contact_id"),
    _within("members", "assignee_id"),
    Index(None, "workspace_id", "status", "id"),
    Index(None, "workspace_id", "created_at"),
    Index(None, "workspace_id", "contact_id", "id"),
)

messages = Table(
    "messages",
    metadata,
    _id("workspace_id"),
    _id(),
    _id("conversation_id"),
    _id("turn_id", nullable=True),
    _text("direction"),
    _text("author"),
    _text("author_name", nullable=True),
    _text("text"),
    _text("source", nullable=True),
    _json("citations", "[]"),
    _json("context"),
    _text("channel"),
    _text("external_id", nullable=True),
    _text("delivery"),
    _time("created_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    # A vendor delivers a message once or ten times: it is stored once.
    UniqueConstraint("workspace_id", "channel", "external_id"),
    _within("conversations", "conversation_id"),
    Index(None, "workspace_id", "conversation_id", "id"),
    Index(None, "workspace_id", "turn_id"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    _id("workspace_id"),
    _text("key"),
    Column("body_digest", LargeBinary, nullable=False),
    _id("message_id"),
    _time("created_at", now=True),
    PrimaryKeyConstraint("workspace_id", "key"),
    _within("messages", "message_id"),
)

events = Table(
    "events",
    metadata,
    _id("workspace_id"),
    _id("conversation_id"),
    Column("seq", BigInteger, nullable=False),
    _text("kind"),
    _json("data"),
    _time("created_at", now=True),
    PrimaryKeyConstraint("workspace_id", "conversation_id", "seq"),
    _within("conversations", "conversation_id"),
)

intents = Table(
    "intents",
    metadata,
    _id("workspace_id"),
    _id(),
    _text("name"),
    _text("mode", default="auto"),
    # Null: the workspace's.
    Column("target_precision", Double, nullable=True),
    _text("description", default=""),
    # What it was merged into, and what stands at the end of that chain; null: itself.
    _id("merged_into", nullable=True),
    _id("current_id", nullable=True),
    _time("created_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _workspace(),
    _within("intents", "merged_into"),
    _within("intents", "current_id"),
    # A merged intent gives its name up.
    Index(
        None,
        "workspace_id",
        "name",
        unique=True,
        postgresql_where=text("merged_into IS NULL"),
    ),
)

intent_examples = Table(
    "intent_examples",
    metadata,
    _id("workspace_id"),
    _id(),
    _id("intent_id"),
    _text("text"),
    Column("embedding", LargeBinary, nullable=False),
    _text("embedding_model"),
    Column("store_version", BigInteger, nullable=False),
    _time("created_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _within("intents", "intent_id"),
    Index(None, "workspace_id", "store_version"),
)

intent_changes = Table(
    "intent_changes",
    metadata,
    _id("workspace_id"),
    _id(),
    _id("intent_id"),
    _text("change"),
    _text("actor"),
    _text("note", nullable=True),
    _json("details"),
    _time("created_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _within("intents", "intent_id"),
    Index(None, "workspace_id", "intent_id", "id"),
    Index(None, "workspace_id", "created_at"),
)

# Who changed settings, keys, members and documents; resolutions and intents have their own logs.
audit_log = Table(
    "audit_log",
    metadata,
    _id("workspace_id"),
    _id(),
    _text("noun"),
    _text("change"),
    _id("subject_id", nullable=True),
    _text("subject", default=""),
    _text("actor"),
    # `dashboard`, `api` or `command line`
    _text("surface"),
    _json("details"),
    _time("created_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _workspace(),
    Index(None, "workspace_id", "created_at"),
)

turns = Table(
    "turns",
    metadata,
    _id("workspace_id"),
    _id(),
    _id("conversation_id"),
    _id("message_id"),
    _text("status"),
    _text("question"),
    _json("context"),
    _json("explanation"),
    _id("reply_id", nullable=True),
    # Repeated outside the explanation, because the gate reads the recent ones of a workspace.
    Column("confidence", Double, nullable=True),
    # With which an answerable turn went to a human all the same; null where it was not answerable.
    Column("audit_chance", Double, nullable=True),
    _id("intent_id", nullable=True),
    _time("created_at", now=True),
    _time("finished_at", nullable=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    UniqueConstraint("workspace_id", "message_id"),
    _within("conversations", "conversation_id"),
    _within("messages", "message_id"),
    _within("intents", "intent_id"),
    Index(None, "workspace_id", "conversation_id", "id"),
    Index(None, "workspace_id", "created_at"),
    Index(None, "workspace_id", "intent_id", "id"),
    Index(
        "ix_turns_judged",
        "workspace_id",
        "id",
        postgresql_where=text("confidence IS NOT NULL"),
    ),
    Index(
        "ix_turns_unfinished",
        "created_at",
        postgresql_where=text("status = 'processing'"),
    ),
)

escalations = Table(
    "escalations",
    metadata,
    _id("workspace_id"),
    _id(),
    _id("turn_id"),
    _id("conversation_id"),
    _text("interrupt_id", nullable=True),
    _text("status"),
    _text("reason"),
    _text("question"),
    _text("draft", nullable=True),
    _id("draft_resolution_id", nullable=True),
    _json("brief"),
    _id("intent_id", nullable=True),
    _id("claimed_by", nullable=True),
    _time("created_at", now=True),
    _time("decided_at", nullable=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    UniqueConstraint("workspace_id", "turn_id"),
    _within("turns", "turn_id"),
    _within("conversations", "conversation_id"),
    _within("members", "claimed_by"),
    _within("intents", "intent_id"),
    Index(None, "workspace_id", "status", "id"),
    Index(None, "workspace_id", "conversation_id"),
    Index(None, "workspace_id", "intent_id"),
)

# Who looks at which escalation: one row an open page.
presences = Table(
    "presences",
    metadata,
    _id("workspace_id"),
    _id("escalation_id"),
    _id("viewer"),
    _id("member_id"),
    _time("seen_at", now=True),
    PrimaryKeyConstraint("workspace_id", "escalation_id", "viewer"),
    _within("escalations", "escalation_id"),
    _within("members", "member_id"),
)

decisions = Table(
    "decisions",
    metadata,
    _id("workspace_id"),
    _id("turn_id"),
    _text("interrupt_id"),
    _text("action"),
    _text("text", nullable=True),
    _text("outcome"),
    _flag("learn", default=True),
    _id("resolution_id", nullable=True),
    _id("member_id", nullable=True),
    _text("member_name"),
    _text("surface"),
    _time("created_at", now=True),
    _time("learned_at", nullable=True),
    _id("learned_id", nullable=True),
    _int("learned_revision", None),
    Column("learned_merged", Boolean, nullable=True),
    _text("learned_how", nullable=True),
    # The first decision holds: a second one for the same interrupt has nowhere to go.
    PrimaryKeyConstraint("workspace_id", "turn_id", "interrupt_id"),
    _within("turns", "turn_id"),
    _within("members", "member_id"),
    Index(None, "workspace_id", "learned_at"),
    Index("ix_decisions_unlearned", "created_at", postgresql_where=text("learned_at IS NULL")),
)

resolutions = Table(
    "resolutions",
    metadata,
    _id("workspace_id"),
    _id(),
    Column("revision", Integer, nullable=False),
    _text("answer"),
    Column("answer_embedding", LargeBinary, nullable=False),
    _text("embedding_model"),
    _id("intent_id", nullable=True),
    _json("scope"),
    _text("status"),
    _flag("pinned", default=False),
    _json("provenance"),
    Column("ok", Double, nullable=False, server_default=text("0")),
    Column("bad", Double, nullable=False, server_default=text("0")),
    _id("duplicate_of", nullable=True),
    Column("store_version", BigInteger, nullable=False),
    _time("created_at", now=True),
    _time("updated_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _workspace(),
    _within("intents", "intent_id"),
    Index(None, "workspace_id", "store_version"),
    Index(None, "workspace_id", "status", "id"),
)

phrasings = Table(
    "phrasings",
    metadata,
    _id("workspace_id"),
    _id(),
    _id("resolution_id"),
    _text("text"),
    Column("embedding", LargeBinary, nullable=False),
    _text("embedding_model"),
    # Kept when a revision drops it, so that an earlier state can be searched and restored.
    _flag("active", default=True),
    _id("turn_id", nullable=True),
    _time("created_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _within("resolutions", "resolution_id"),
    Index(None, "workspace_id", "resolution_id", "id"),
)

resolution_revisions = Table(
    "resolution_revisions",
    metadata,
    _id("workspace_id"),
    _id("resolution_id"),
    Column("revision", Integer, nullable=False),
    _text("change"),
    _text("actor"),
    _text("note", nullable=True),
    _json("content"),
    Column("store_version", BigInteger, nullable=False),
    _time("created_at", now=True),
    PrimaryKeyConstraint("workspace_id", "resolution_id", "revision"),
    _within("resolutions", "resolution_id"),
    Index(None, "workspace_id", "created_at"),
)

filed_messages = Table(
    "filed_messages",
    metadata,
    _id("workspace_id"),
    _id("turn_id"),
    # What a human answered it with; null for an answer that was not to be learned.
    _id("resolution_id", nullable=True),
    Column("embedding", LargeBinary, nullable=False),
    _text("embedding_model"),
    Column("store_version", BigInteger, nullable=False),
    _time("created_at", now=True),
    # As it was looked up: a follow-up stands by itself here.
    _text("question"),
    PrimaryKeyConstraint("workspace_id", "turn_id"),
    _workspace(),
    _within("turns", "turn_id"),
    _within("resolutions", "resolution_id"),
    Index(None, "workspace_id", "store_version"),
)

answered_messages = Table(
    "answered_messages",
    metadata,
    _id("workspace_id"),
    _id("turn_id"),
    # What the assistant answered it with; null where that turned out to be wrong.
    _id("resolution_id", nullable=True),
    _text("question"),
    Column("store_version", BigInteger, nullable=False),
    _time("created_at", now=True),
    PrimaryKeyConstraint("workspace_id", "turn_id"),
    _workspace(),
    _within("turns", "turn_id"),
    _within("resolutions", "resolution_id"),
    Index(None, "workspace_id", "store_version"),
)

labels = Table(
    "labels",
    metadata,
    _id("workspace_id"),
    _id("turn_id"),
    # Which evidence was judged, `resolution` or `brain`, and who said so.
    _text("kind"),
    _text("source"),
    Column("is_right", Boolean, nullable=False),
    Column("weight", Double, nullable=False),
    Column("features", ARRAY(Double), nullable=False),
    Column("confidence", Double, nullable=False),
    _time("created_at", now=True),
    PrimaryKeyConstraint("workspace_id", "turn_id", "kind"),
    _workspace(),
    _within("turns", "turn_id"),
    Index(None, "workspace_id", "kind", "created_at"),
)

calibrations = Table(
    "calibrations",
    metadata,
    _id("workspace_id"),
    _text("kind"),
    # How many labels there were when it was fitted.
    Column("labels", Integer, nullable=False),
    Column("beta", ARRAY(Double), nullable=False),
    Column("hessian", ARRAY(Double), nullable=False),
    _time("created_at", now=True),
    PrimaryKeyConstraint("workspace_id", "kind", "labels"),
    _workspace(),
)

answer_pairs = Table(
    "answer_pairs",
    metadata,
    _id("workspace_id"),
    _id("resolution_id"),
    _id("runner_up_id"),
    Column("ok", Double, nullable=False, server_default=text("0")),
    Column("bad", Double, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("workspace_id", "resolution_id", "runner_up_id"),
    _workspace(),
    _within("resolutions", "resolution_id"),
    _within("resolutions", "runner_up_id"),
)

signals = Table(
    "signals",
    metadata,
    _id("workspace_id"),
    _id("turn_id"),
    _text("kind"),
    # The message that says it, or the reply that it is about.
    _id("message_id"),
    _text("value", nullable=True),
    Column("score", Double, nullable=True),
    _text("comment", nullable=True),
    _json("detail"),
    _time("created_at", now=True),
    PrimaryKeyConstraint("workspace_id", "turn_id", "kind", "message_id"),
    _workspace(),
    _within("turns", "turn_id"),
    _within("messages", "message_id"),
    Index(None, "workspace_id", "kind", "created_at"),
)

outcomes = Table(
    "outcomes",
    metadata,
    _id("workspace_id"),
    _id(),
    _id("conversation_id"),
    _id("turn_id"),
    _text("kind"),
    # The kind of the signal it came from, or the reason of a handoff.
    _text("why"),
    # The strongest fact about a turn holds.
    Column("strength", Integer, nullable=False),
    _time("created_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    UniqueConstraint("workspace_id", "turn_id", "why"),
    _workspace(),
    _within("conversations", "conversation_id"),
    _within("turns", "turn_id"),
    Index(None, "workspace_id", "conversation_id"),
)

measured_precisions = Table(
    "measured_precisions",
    metadata,
    _id("workspace_id"),
    # Empty for all intents together.
    _text("intent"),
    Column("audits", Integer, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("effective", Double, nullable=False),
    Column("estimate", Double, nullable=False),
    Column("low", Double, nullable=False),
    Column("high", Double, nullable=False),
    _time("updated_at", now=True),
    PrimaryKeyConstraint("workspace_id", "intent"),
    _workspace(),
)

resolution_uses = Table(
    "resolution_uses",
    metadata,
    _id("workspace_id"),
    _id("resolution_id"),
    _id("turn_id"),
    Column("revision", Integer, nullable=False),
    # `answered`: the customer got it; `suggested`: a teammate saw it as the draft.
    _text("role"),
    _time("created_at", now=True),
    PrimaryKeyConstraint("workspace_id", "resolution_id", "turn_id", "role"),
    _within("resolutions", "resolution_id"),
    _within("turns", "turn_id"),
)

precedents = Table(
    "precedents",
    metadata,
    _id("workspace_id"),
    _id("turn_id"),
    # What the answer was filed under; null for an answer that was not to be learned.
    _id("resolution_id", nullable=True),
    _json("context"),
    _json("record"),
    _time("decided_at"),
    PrimaryKeyConstraint("workspace_id", "turn_id"),
    _workspace(),
    _within("turns", "turn_id"),
    _within("resolutions", "resolution_id"),
    Index(None, "workspace_id", "resolution_id", "decided_at"),
)

proposals = Table(
    "proposals",
    metadata,
    _id("workspace_id"),
    _id(),
    _text("kind"),
    _text("status"),
    # What is proposed, so that it is proposed once.
    _text("fingerprint"),
    Column("resolution_ids", ARRAY(UUID(as_uuid=True)), nullable=False),
    _json("what"),
    Column("words", ARRAY(Text), nullable=False),
    _json("evidence"),
    _text("decided_by", nullable=True),
    _time("decided_at", nullable=True),
    _time("created_at", now=True),
    _time("updated_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    UniqueConstraint("workspace_id", "fingerprint"),
    _workspace(),
    Index(None, "workspace_id", "status", "id"),
    Index(None, "resolution_ids", postgresql_using="gin"),
)

merges = Table(
    "merges",
    metadata,
    _id("workspace_id"),
    _id(),
    _id("source_id"),
    _id("target_id"),
    # The revisions that the merge wrote.
    Column("source_revision", Integer, nullable=False),
    Column("target_revision", Integer, nullable=False),
    # The turns whose messages and precedents it moved.
    Column("filed", ARRAY(UUID(as_uuid=True)), nullable=False),
    Column("precedents", ARRAY(UUID(as_uuid=True)), nullable=False),
    # What was settled by it.
    _id("duplicate_of", nullable=True),
    _id("proposal_id", nullable=True),
    _time("created_at", now=True),
    _time("undone_at", nullable=True),
    _text("undone_by", nullable=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _workspace(),
    _within("resolutions", "source_id"),
    _within("resolutions", "target_id"),
    Index(None, "workspace_id", "source_id", "id"),
    Index(None, "workspace_id", "target_id", "id"),
)

# What intents a backlog of messages suggests.
inductions = Table(
    "inductions",
    metadata,
    _id("workspace_id"),
    _id(),
    _text("status"),
    # A list that was brought along, until it has been read; null: the messages without an intent.
    Column("given", ARRAY(Text), nullable=True),
    _int("messages"),
    _int("done"),
    _text("problem", nullable=True),
    _text("started_by"),
    _time("created_at", now=True),
    _time("finished_at", nullable=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _workspace(),
)

induced_intents = Table(
    "induced_intents",
    metadata,
    _id("workspace_id"),
    _id(),
    _id("induction_id"),
    _text("name"),
    _text("description"),
    Column("examples", ARRAY(Text), nullable=False),
    _int("messages"),
    _text("status"),
    _text("decided_by", nullable=True),
    # What was made of it.
    _id("intent_id", nullable=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _within("inductions", "induction_id"),
    Index(None, "workspace_id", "induction_id"),
)

documents = Table(
    "documents",
    metadata,
    _id("workspace_id"),
    _id(),
    # What makes a document the same one at the next ingest: its URL or file name.
    _text("source"),
    _text("title"),
    _text("url", nullable=True),
    _text("visibility"),
    _text("status"),
    _text("error", nullable=True),
    # Of the content that the current passages were made from; empty before the first time.
    _text("digest", default=""),
    _int("passage_count"),
    _time("created_at", now=True),
    _time("updated_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    UniqueConstraint("workspace_id", "source"),
    _workspace(),
)

document_uploads = Table(
    "document_uploads",
    metadata,
    _id("workspace_id"),
    _id(),
    _id("document_id"),
    _text("media_type"),
    _text("filename"),
    _text("title"),
    _text("visibility"),
    # None when the content is still to be fetched from the document's URL.
    Column("content", LargeBinary, nullable=True),
    _time("created_at", now=True),
    PrimaryKeyConstraint(*_OWN_KEY),
    _within("documents", "document_id"),
)

passages = Table(
    "passages",
    metadata,
    _id("workspace_id"),
    _id(),
    _id("document_id"),
    Column("position", Integer, nullable=False),
    Column("headings", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    _text("text"),
    _text("url", nullable=True),
    Column("embedding", LargeBinary, nullable=False),
    _text("embedding_model"),
    # The Brain version that brought it, and the one that took it away: readers of the lexical
    # index catch up from the version they have seen.
    Column("added_in", BigInteger, nullable=False),
    PrimaryKeyConstraint(*_OWN_KEY),
    _within("documents", "document_id"),
    Index(None, "workspace_id", "document_id", "position"),
    Index(None, "workspace_id", "added_in"),
)

# Rows of documents that were removed, as they were, until they are purged.
removed_documents = Table(
    "removed_documents",
    metadata,
    _id("workspace_id"),
    _id(),
    _text("source"),
    _text("title"),
    _int("passage_count"),
    _text("removed_by"),
    _time("removed_at"),
    _json("kept"),
    PrimaryKeyConstraint(*_OWN_KEY),
    _workspace(),
    Index(None, "workspace_id", "removed_at"),
)

removed_rows = Table(
    "removed_rows",
    metadata,
    _id("workspace_id"),
    _id(),
    _id("document_id"),
    # `passages` or `document_uploads`
    _text("of_table"),
    _json("kept"),
    PrimaryKeyConstraint(*_OWN_KEY),
    _within("removed_documents", "document_id"),
    Index(None, "workspace_id", "document_id"),
)

passage_removals = Table(
    "passage_removals",
    metadata,
    _id("workspace_id"),
    Column("brain_version", BigInteger, nullable=False),
    _id("passage_id"),
    PrimaryKeyConstraint("workspace_id", "brain_version", "passage_id"),
    _workspace(),
)

index_outbox = Table(
    "index_outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _id("workspace_id"),
    # `brain` or `resolutions`
    _text("kind"),
    _id("item_id"),
    _time("created_at", now=True),
    _workspace(),
    Index(None, "workspace_id", "kind", "id"),
)

indexes = Table(
    "indexes",
    metadata,
    _id("workspace_id"),
    _text("kind"),
    _text("embedding_model"),
    # `ready`, or `quarantined` after an internal error: then searches go to Postgres.
    _text("status"),
    _time("updated_at", now=True),
    PrimaryKeyConstraint("workspace_id", "kind", "embedding_model"),
    _workspace(),
)

WORKSPACE_TABLES = tuple(t for t in metadata.sorted_tables if "workspace_id" in t.c)
