-- What was asked, in the words in which it was looked up; of what is there already, too.

ALTER TABLE filed_messages ADD COLUMN question TEXT DEFAULT '' NOT NULL;

-- Messages that the assistant answered and that count as right, those from before included.

CREATE TABLE answered_messages (
    workspace_id UUID NOT NULL,
    turn_id UUID NOT NULL,
    resolution_id UUID,
    question TEXT NOT NULL,
    store_version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_answered_messages PRIMARY KEY (workspace_id, turn_id),
    CONSTRAINT fk_answered_messages_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_answered_messages_workspace_id_turn_id FOREIGN KEY(workspace_id, turn_id) REFERENCES turns (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_answered_messages_workspace_id_resolution_id FOREIGN KEY(workspace_id, resolution_id) REFERENCES resolutions (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_answered_messages_workspace_id_store_version ON answered_messages (workspace_id, store_version);

ALTER TABLE answered_messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE answered_messages FORCE ROW LEVEL SECURITY;
CREATE POLICY within_workspace ON answered_messages TO support_graph_app
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE, DELETE ON answered_messages TO support_graph_app;

-- The owner of the tables is behind the wall too, unless it is a superuser, so the wall is opened for
-- this transaction.
ALTER TABLE filed_messages NO FORCE ROW LEVEL SECURITY;
ALTER TABLE labels NO FORCE ROW LEVEL SECURITY;
ALTER TABLE turns NO FORCE ROW LEVEL SECURITY;
ALTER TABLE resolutions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE answered_messages NO FORCE ROW LEVEL SECURITY;

UPDATE filed_messages f SET question = coalesce(t.explanation ->> 'standalone', t.question)
FROM turns t WHERE t.workspace_id = f.workspace_id AND t.id = f.turn_id;

INSERT INTO answered_messages (workspace_id, turn_id, resolution_id, question, store_version)
SELECT l.workspace_id, l.turn_id, r.id, coalesce(t.explanation ->> 'standalone', t.question), 1
FROM labels l
JOIN turns t ON t.workspace_id = l.workspace_id AND t.id = l.turn_id
JOIN resolutions r ON r.workspace_id = l.workspace_id
    AND r.id = CAST(t.explanation #>> '{evidence,resolutions,0,id}' AS UUID)
WHERE l.kind = 'resolution' AND l.is_right AND l.source NOT IN ('human', 'audit');

ALTER TABLE filed_messages FORCE ROW LEVEL SECURITY;
ALTER TABLE labels FORCE ROW LEVEL SECURITY;
ALTER TABLE turns FORCE ROW LEVEL SECURITY;
ALTER TABLE resolutions FORCE ROW LEVEL SECURITY;
ALTER TABLE answered_messages FORCE ROW LEVEL SECURITY;

ALTER TABLE filed_messages ALTER COLUMN question DROP DEFAULT;
