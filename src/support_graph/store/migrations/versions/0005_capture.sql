-- Human answers in their circumstances, proposals, and a way to a contact's conversations.

CREATE TABLE precedents (
    workspace_id UUID NOT NULL,
    turn_id UUID NOT NULL,
    resolution_id UUID,
    context JSONB DEFAULT '{}'::jsonb NOT NULL,
    record JSONB DEFAULT '{}'::jsonb NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_precedents PRIMARY KEY (workspace_id, turn_id),
    CONSTRAINT fk_precedents_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_precedents_workspace_id_turn_id FOREIGN KEY(workspace_id, turn_id) REFERENCES turns (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_precedents_workspace_id_resolution_id FOREIGN KEY(workspace_id, resolution_id) REFERENCES resolutions (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_precedents_workspace_id_resolution_id_decided_at ON precedents (workspace_id, resolution_id, decided_at);

CREATE TABLE proposals (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    resolution_ids UUID[] NOT NULL,
    what JSONB DEFAULT '{}'::jsonb NOT NULL,
    words TEXT[] NOT NULL,
    evidence JSONB DEFAULT '{}'::jsonb NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_proposals PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_proposals_workspace_id_fingerprint UNIQUE (workspace_id, fingerprint),
    CONSTRAINT fk_proposals_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE INDEX ix_proposals_workspace_id_status_id ON proposals (workspace_id, status, id);
CREATE INDEX ix_proposals_resolution_ids ON proposals USING gin (resolution_ids);

CREATE INDEX ix_conversations_workspace_id_contact_id_id ON conversations (workspace_id, contact_id, id);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['precedents', 'proposals']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY within_workspace ON %I TO support_graph_app '
            'USING (workspace_id = current_workspace()) '
            'WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO support_graph_app', name);
    END LOOP;
END $$;
