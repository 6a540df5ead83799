-- Intents with a target and a description; merged ones stand for another one and can be taken apart
-- again. Whatever has an intent refers to it by id, so that its name can change.

ALTER TABLE intents ADD COLUMN target_precision DOUBLE PRECISION;
ALTER TABLE intents ADD COLUMN description TEXT DEFAULT '' NOT NULL;
-- The intent that this one was merged into, and the one at the end of that chain; null: itself.
ALTER TABLE intents ADD COLUMN merged_into UUID;
ALTER TABLE intents ADD COLUMN current_id UUID;
ALTER TABLE intents ADD CONSTRAINT fk_intents_workspace_id_merged_into
    FOREIGN KEY(workspace_id, merged_into) REFERENCES intents (workspace_id, id) ON DELETE CASCADE;
ALTER TABLE intents ADD CONSTRAINT fk_intents_workspace_id_current_id
    FOREIGN KEY(workspace_id, current_id) REFERENCES intents (workspace_id, id) ON DELETE CASCADE;
-- A merged intent gives its name up.
ALTER TABLE intents DROP CONSTRAINT uq_intents_workspace_id_name;
CREATE UNIQUE INDEX ix_intents_workspace_id_name ON intents (workspace_id, name) WHERE merged_into IS NULL;
-- Revisions name intents for ever.
REVOKE DELETE ON intents FROM support_graph_app;

ALTER TABLE turns ADD COLUMN intent_id UUID;
ALTER TABLE turns ADD CONSTRAINT fk_turns_workspace_id_intent_id
    FOREIGN KEY(workspace_id, intent_id) REFERENCES intents (workspace_id, id) ON DELETE CASCADE;
CREATE INDEX ix_turns_workspace_id_intent_id_id ON turns (workspace_id, intent_id, id);

ALTER TABLE escalations ADD COLUMN intent_id UUID;
ALTER TABLE escalations ADD CONSTRAINT fk_escalations_workspace_id_intent_id
    FOREIGN KEY(workspace_id, intent_id) REFERENCES intents (workspace_id, id) ON DELETE CASCADE;
CREATE INDEX ix_escalations_workspace_id_intent_id ON escalations (workspace_id, intent_id);

CREATE TABLE intent_examples (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    intent_id UUID NOT NULL,
    text TEXT NOT NULL,
    embedding BYTEA NOT NULL,
    embedding_model TEXT NOT NULL,
    store_version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_intent_examples PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_intent_examples_workspace_id_intent_id FOREIGN KEY(workspace_id, intent_id) REFERENCES intents (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_intent_examples_workspace_id_store_version ON intent_examples (workspace_id, store_version);

CREATE TABLE intent_changes (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    intent_id UUID NOT NULL,
    change TEXT NOT NULL,
    actor TEXT NOT NULL,
    note TEXT,
    details JSONB DEFAULT '{}'::jsonb NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_intent_changes PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_intent_changes_workspace_id_intent_id FOREIGN KEY(workspace_id, intent_id) REFERENCES intents (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_intent_changes_workspace_id_intent_id_id ON intent_changes (workspace_id, intent_id, id);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['intent_examples', 'intent_changes']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY within_workspace ON %I TO support_graph_app '
            'USING (workspace_id = current_workspace()) '
            'WITH CHECK (workspace_id = current_workspace())', name);
        -- Both are only added to.
        EXECUTE format('GRANT SELECT, INSERT ON %I TO support_graph_app', name);
    END LOOP;
END $$;

-- What had an intent by its name gets it by its id. The owner of the tables is behind the wall too,
-- unless it is a superuser, so the wall is opened for this transaction.
ALTER TABLE turns NO FORCE ROW LEVEL SECURITY;
ALTER TABLE escalations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE intents NO FORCE ROW LEVEL SECURITY;
ALTER TABLE filed_messages NO FORCE ROW LEVEL SECURITY;
ALTER TABLE resolutions NO FORCE ROW LEVEL SECURITY;

UPDATE escalations e SET intent_id = i.id FROM intents i
WHERE i.workspace_id = e.workspace_id AND i.name = e.intent;
UPDATE turns t SET intent_id = i.id FROM intents i
WHERE i.workspace_id = t.workspace_id AND i.name = t.explanation ->> 'intent';
-- Messages that a human answered have the intent of the resolution that they became a part of.
UPDATE turns t SET intent_id = r.intent_id FROM filed_messages f
JOIN resolutions r ON r.workspace_id = f.workspace_id AND r.id = f.resolution_id
WHERE f.workspace_id = t.workspace_id AND f.turn_id = t.id AND r.intent_id IS NOT NULL;
UPDATE escalations e SET intent_id = t.intent_id FROM turns t
WHERE t.workspace_id = e.workspace_id AND t.id = e.turn_id AND t.intent_id IS NOT NULL;

ALTER TABLE turns FORCE ROW LEVEL SECURITY;
ALTER TABLE escalations FORCE ROW LEVEL SECURITY;
ALTER TABLE intents FORCE ROW LEVEL SECURITY;
ALTER TABLE filed_messages FORCE ROW LEVEL SECURITY;
ALTER TABLE resolutions FORCE ROW LEVEL SECURITY;

ALTER TABLE escalations DROP COLUMN intent;
