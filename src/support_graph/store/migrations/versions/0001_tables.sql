-- The tables as they first were. Later migrations change them; this file stays as it is.

CREATE TABLE workspaces (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    settings JSONB DEFAULT '{}'::jsonb NOT NULL,
    store_version BIGINT DEFAULT 0 NOT NULL,
    brain_version BIGINT DEFAULT 0 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_workspaces PRIMARY KEY (id),
    CONSTRAINT uq_workspaces_name UNIQUE (name)
);

CREATE TABLE contacts (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT,
    attributes JSONB DEFAULT '{}'::jsonb NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_contacts PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_contacts_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE documents (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    source TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT,
    visibility TEXT NOT NULL,
    status TEXT NOT NULL,
    error TEXT,
    digest TEXT DEFAULT '' NOT NULL,
    passage_count INTEGER DEFAULT 0 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_documents_workspace_id_source UNIQUE (workspace_id, source),
    CONSTRAINT fk_documents_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE index_outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    workspace_id UUID NOT NULL,
    kind TEXT NOT NULL,
    item_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_index_outbox PRIMARY KEY (id),
    CONSTRAINT fk_index_outbox_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE INDEX ix_index_outbox_workspace_id_kind_id ON index_outbox (workspace_id, kind, id);

CREATE TABLE indexes (
    workspace_id UUID NOT NULL,
    kind TEXT NOT NULL,
    embedding_model TEXT NOT NULL,
    status TEXT NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_indexes PRIMARY KEY (workspace_id, kind, embedding_model),
    CONSTRAINT fk_indexes_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE intents (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    mode TEXT DEFAULT 'auto' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_intents PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_intents_workspace_id_name UNIQUE (workspace_id, name),
    CONSTRAINT fk_intents_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE members (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_members PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_members_workspace_id_name UNIQUE (workspace_id, name),
    CONSTRAINT fk_members_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE passage_removals (
    workspace_id UUID NOT NULL,
    brain_version BIGINT NOT NULL,
    passage_id UUID NOT NULL,
    CONSTRAINT pk_passage_removals PRIMARY KEY (workspace_id, brain_version, passage_id),
    CONSTRAINT fk_passage_removals_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE api_keys (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    digest BYTEA NOT NULL,
    member_id UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_keys PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_api_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_api_keys_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES members (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_api_keys_digest UNIQUE (digest)
);

CREATE TABLE contact_ids (
    workspace_id UUID NOT NULL,
    external_id TEXT NOT NULL,
    contact_id UUID NOT NULL,
    CONSTRAINT pk_contact_ids PRIMARY KEY (workspace_id, external_id),
    CONSTRAINT fk_contact_ids_workspace_id_contact_id FOREIGN KEY(workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_contact_ids_workspace_id_contact_id ON contact_ids (workspace_id, contact_id);

CREATE TABLE conversations (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    channel TEXT NOT NULL,
    external_id TEXT,
    contact_id UUID NOT NULL,
    status TEXT NOT NULL,
    assignee_id UUID,
    event_seq BIGINT DEFAULT 0 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_conversations PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_conversations_workspace_id_channel_external_id UNIQUE (workspace_id, channel, external_id),
    CONSTRAINT fk_conversations_workspace_id_contact_id FOREIGN KEY(workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_conversations_workspace_id_assignee_id FOREIGN KEY(workspace_id, assignee_id) REFERENCES members (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_conversations_workspace_id_status_id ON conversations (workspace_id, status, id);

CREATE TABLE document_uploads (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    document_id UUID NOT NULL,
    media_type TEXT NOT NULL,
    filename TEXT NOT NULL,
    title TEXT NOT NULL,
    visibility TEXT NOT NULL,
    content BYTEA,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_document_uploads PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_document_uploads_workspace_id_document_id FOREIGN KEY(workspace_id, document_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE passages (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    document_id UUID NOT NULL,
    position INTEGER NOT NULL,
    headings TEXT[] DEFAULT '{}' NOT NULL,
    text TEXT NOT NULL,
    url TEXT,
    embedding BYTEA NOT NULL,
    embedding_model TEXT NOT NULL,
    added_in BIGINT NOT NULL,
    CONSTRAINT pk_passages PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_passages_workspace_id_document_id FOREIGN KEY(workspace_id, document_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_passages_workspace_id_added_in ON passages (workspace_id, added_in);

CREATE INDEX ix_passages_workspace_id_document_id_position ON passages (workspace_id, document_id, position);

CREATE TABLE resolutions (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    revision INTEGER NOT NULL,
    answer TEXT NOT NULL,
    answer_embedding BYTEA NOT NULL,
    embedding_model TEXT NOT NULL,
    intent_id UUID,
    scope JSONB DEFAULT '{}'::jsonb NOT NULL,
    status TEXT NOT NULL,
    pinned BOOLEAN DEFAULT false NOT NULL,
    provenance JSONB DEFAULT '{}'::jsonb NOT NULL,
    ok DOUBLE PRECISION DEFAULT 0 NOT NULL,
    bad DOUBLE PRECISION DEFAULT 0 NOT NULL,
    duplicate_of UUID,
    store_version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_resolutions PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_resolutions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_resolutions_workspace_id_intent_id FOREIGN KEY(workspace_id, intent_id) REFERENCES intents (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_resolutions_workspace_id_status_id ON resolutions (workspace_id, status, id);

CREATE INDEX ix_resolutions_workspace_id_store_version ON resolutions (workspace_id, store_version);

CREATE TABLE events (
    workspace_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    data JSONB DEFAULT '{}'::jsonb NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (workspace_id, conversation_id, seq),
    CONSTRAINT fk_events_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE messages (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    turn_id UUID,
    direction TEXT NOT NULL,
    author TEXT NOT NULL,
    author_name TEXT,
    text TEXT NOT NULL,
    source TEXT,
    citations JSONB DEFAULT '[]'::jsonb NOT NULL,
    context JSONB DEFAULT '{}'::jsonb NOT NULL,
    channel TEXT NOT NULL,
    external_id TEXT,
    delivery TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_messages_workspace_id_channel_external_id UNIQUE (workspace_id, channel, external_id),
    CONSTRAINT fk_messages_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_messages_workspace_id_conversation_id_id ON messages (workspace_id, conversation_id, id);

CREATE INDEX ix_messages_workspace_id_turn_id ON messages (workspace_id, turn_id);

CREATE TABLE phrasings (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    resolution_id UUID NOT NULL,
    text TEXT NOT NULL,
    embedding BYTEA NOT NULL,
    embedding_model TEXT NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    turn_id UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_phrasings PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_phrasings_workspace_id_resolution_id FOREIGN KEY(workspace_id, resolution_id) REFERENCES resolutions (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_phrasings_workspace_id_resolution_id_id ON phrasings (workspace_id, resolution_id, id);

CREATE TABLE resolution_revisions (
    workspace_id UUID NOT NULL,
    resolution_id UUID NOT NULL,
    revision INTEGER NOT NULL,
    change TEXT NOT NULL,
    actor TEXT NOT NULL,
    note TEXT,
    content JSONB DEFAULT '{}'::jsonb NOT NULL,
    store_version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_resolution_revisions PRIMARY KEY (workspace_id, resolution_id, revision),
    CONSTRAINT fk_resolution_revisions_workspace_id_resolution_id FOREIGN KEY(workspace_id, resolution_id) REFERENCES resolutions (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_resolution_revisions_workspace_id_created_at ON resolution_revisions (workspace_id, created_at);

CREATE TABLE idempotency_keys (
    workspace_id UUID NOT NULL,
    key TEXT NOT NULL,
    body_digest BYTEA NOT NULL,
    message_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (workspace_id, key),
    CONSTRAINT fk_idempotency_keys_workspace_id_message_id FOREIGN KEY(workspace_id, message_id) REFERENCES messages (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE turns (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    message_id UUID NOT NULL,
    status TEXT NOT NULL,
    question TEXT NOT NULL,
    context JSONB DEFAULT '{}'::jsonb NOT NULL,
    explanation JSONB DEFAULT '{}'::jsonb NOT NULL,
    reply_id UUID,
    confidence DOUBLE PRECISION,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_turns PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_turns_workspace_id_message_id UNIQUE (workspace_id, message_id),
    CONSTRAINT fk_turns_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_turns_workspace_id_message_id FOREIGN KEY(workspace_id, message_id) REFERENCES messages (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_turns_unfinished ON turns (created_at) WHERE status = 'processing';

CREATE INDEX ix_turns_workspace_id_conversation_id_id ON turns (workspace_id, conversation_id, id);

CREATE TABLE decisions (
    workspace_id UUID NOT NULL,
    turn_id UUID NOT NULL,
    interrupt_id TEXT NOT NULL,
    action TEXT NOT NULL,
    text TEXT,
    outcome TEXT NOT NULL,
    learn BOOLEAN DEFAULT true NOT NULL,
    resolution_id UUID,
    member_id UUID,
    member_name TEXT NOT NULL,
    surface TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    learned_at TIMESTAMP WITH TIME ZONE,
    learned_id UUID,
    learned_revision INTEGER,
    learned_merged BOOLEAN,
    learned_how TEXT,
    CONSTRAINT pk_decisions PRIMARY KEY (workspace_id, turn_id, interrupt_id),
    CONSTRAINT fk_decisions_workspace_id_turn_id FOREIGN KEY(workspace_id, turn_id) REFERENCES turns (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_decisions_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES members (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_decisions_unlearned ON decisions (created_at) WHERE learned_at IS NULL;

CREATE INDEX ix_decisions_workspace_id_learned_at ON decisions (workspace_id, learned_at);

CREATE TABLE escalations (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    turn_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    interrupt_id TEXT,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    question TEXT NOT NULL,
    draft TEXT,
    draft_resolution_id UUID,
    brief JSONB DEFAULT '{}'::jsonb NOT NULL,
    intent TEXT,
    claimed_by UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_escalations PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_escalations_workspace_id_turn_id UNIQUE (workspace_id, turn_id),
    CONSTRAINT fk_escalations_workspace_id_turn_id FOREIGN KEY(workspace_id, turn_id) REFERENCES turns (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_escalations_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_escalations_workspace_id_claimed_by FOREIGN KEY(workspace_id, claimed_by) REFERENCES members (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_escalations_workspace_id_conversation_id ON escalations (workspace_id, conversation_id);

CREATE INDEX ix_escalations_workspace_id_status_id ON escalations (workspace_id, status, id);

CREATE TABLE resolution_uses (
    workspace_id UUID NOT NULL,
    resolution_id UUID NOT NULL,
    turn_id UUID NOT NULL,
    revision INTEGER NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_resolution_uses PRIMARY KEY (workspace_id, resolution_id, turn_id, role),
    CONSTRAINT fk_resolution_uses_workspace_id_resolution_id FOREIGN KEY(workspace_id, resolution_id) REFERENCES resolutions (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_resolution_uses_workspace_id_turn_id FOREIGN KEY(workspace_id, turn_id) REFERENCES turns (workspace_id, id) ON DELETE CASCADE
);
