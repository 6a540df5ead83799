-- Who changed settings, keys, members and documents. Resolutions and intents have logs of their own
-- (resolution_revisions, intent_changes), which are read together with this one.

CREATE TABLE audit_log (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    noun TEXT NOT NULL,
    change TEXT NOT NULL,
    subject_id UUID,
    subject TEXT DEFAULT '' NOT NULL,
    actor TEXT NOT NULL,
    surface TEXT NOT NULL,
    details JSONB DEFAULT '{}'::jsonb NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_audit_log_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE INDEX ix_audit_log_workspace_id_created_at ON audit_log (workspace_id, created_at);
CREATE INDEX ix_intent_changes_workspace_id_created_at ON intent_changes (workspace_id, created_at);

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY within_workspace ON audit_log TO support_graph_app
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
-- It is only added to.
GRANT SELECT, INSERT ON audit_log TO support_graph_app;

-- Members are shut out and not deleted: what they did keeps its name.
ALTER TABLE members ADD COLUMN disabled_at TIMESTAMP WITH TIME ZONE;
