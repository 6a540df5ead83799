-- What a merge moved, so that it can be moved back.

CREATE TABLE merges (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    source_id UUID NOT NULL,
    target_id UUID NOT NULL,
    source_revision INTEGER NOT NULL,
    target_revision INTEGER NOT NULL,
    filed UUID[] NOT NULL,
    precedents UUID[] NOT NULL,
    duplicate_of UUID,
    proposal_id UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE,
    undone_by TEXT,
    CONSTRAINT pk_merges PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_merges_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_merges_workspace_id_source_id FOREIGN KEY(workspace_id, source_id) REFERENCES resolutions (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_merges_workspace_id_target_id FOREIGN KEY(workspace_id, target_id) REFERENCES resolutions (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_merges_workspace_id_source_id_id ON merges (workspace_id, source_id, id);
CREATE INDEX ix_merges_workspace_id_target_id_id ON merges (workspace_id, target_id, id);

-- Documents that were removed, until they are purged. They are gone from `documents` and `passages`,
-- so nothing that reads those can show them; their rows are kept here as they were.

CREATE TABLE removed_documents (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    source TEXT NOT NULL,
    title TEXT NOT NULL,
    passage_count INTEGER DEFAULT 0 NOT NULL,
    removed_by TEXT NOT NULL,
    removed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    kept JSONB DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT pk_removed_documents PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_removed_documents_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE INDEX ix_removed_documents_workspace_id_removed_at ON removed_documents (workspace_id, removed_at);

CREATE TABLE removed_rows (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    document_id UUID NOT NULL,
    of_table TEXT NOT NULL,
    kept JSONB DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT pk_removed_rows PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_removed_rows_workspace_id_document_id FOREIGN KEY(workspace_id, document_id) REFERENCES removed_documents (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_removed_rows_workspace_id_document_id ON removed_rows (workspace_id, document_id);

-- Intents that a backlog of messages suggests, until a teammate takes or dismisses them.

CREATE TABLE inductions (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    status TEXT NOT NULL,
    given TEXT[],
    messages INTEGER DEFAULT 0 NOT NULL,
    done INTEGER DEFAULT 0 NOT NULL,
    problem TEXT,
    started_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_inductions PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_inductions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE induced_intents (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    induction_id UUID NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    examples TEXT[] NOT NULL,
    messages INTEGER DEFAULT 0 NOT NULL,
    status TEXT NOT NULL,
    decided_by TEXT,
    intent_id UUID,
    CONSTRAINT pk_induced_intents PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_induced_intents_workspace_id_induction_id FOREIGN KEY(workspace_id, induction_id) REFERENCES inductions (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_induced_intents_workspace_id_induction_id ON induced_intents (workspace_id, induction_id);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['merges', 'removed_documents', 'removed_rows', 'inductions',
        'induced_intents']
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
