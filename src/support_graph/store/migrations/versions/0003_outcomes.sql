-- What became of turns, richer signals, and the precision that audits measured.

-- A signal is known by the message that says it, so there can be several of a kind. The ones from
-- before were ratings, which are about the turn's reply. Their owner is held to row-level security
-- too, and so would see none of them.
ALTER TABLE signals NO FORCE ROW LEVEL SECURITY;
ALTER TABLE turns NO FORCE ROW LEVEL SECURITY;
ALTER TABLE signals ADD COLUMN message_id UUID;
UPDATE signals SET message_id = coalesce(turns.reply_id, turns.message_id)
    FROM turns WHERE turns.workspace_id = signals.workspace_id AND turns.id = signals.turn_id;
ALTER TABLE signals FORCE ROW LEVEL SECURITY;
ALTER TABLE turns FORCE ROW LEVEL SECURITY;
ALTER TABLE signals ALTER COLUMN message_id SET NOT NULL;
ALTER TABLE signals ALTER COLUMN value DROP NOT NULL;
ALTER TABLE signals ADD COLUMN score DOUBLE PRECISION;
ALTER TABLE signals ADD COLUMN detail JSONB DEFAULT '{}'::jsonb NOT NULL;
ALTER TABLE signals DROP CONSTRAINT pk_signals;
ALTER TABLE signals ADD CONSTRAINT pk_signals PRIMARY KEY (workspace_id, turn_id, kind, message_id);
ALTER TABLE signals ADD CONSTRAINT fk_signals_workspace_id_message_id FOREIGN KEY(workspace_id, message_id) REFERENCES messages (workspace_id, id) ON DELETE CASCADE;
CREATE INDEX ix_signals_workspace_id_kind_created_at ON signals (workspace_id, kind, created_at);

CREATE TABLE outcomes (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    turn_id UUID NOT NULL,
    kind TEXT NOT NULL,
    why TEXT NOT NULL,
    strength INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_outcomes PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_outcomes_workspace_id_turn_id_why UNIQUE (workspace_id, turn_id, why),
    CONSTRAINT fk_outcomes_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_outcomes_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_outcomes_workspace_id_turn_id FOREIGN KEY(workspace_id, turn_id) REFERENCES turns (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_outcomes_workspace_id_conversation_id ON outcomes (workspace_id, conversation_id);

-- By intent, and under the empty name for all: what the gate reads at every message.
CREATE TABLE measured_precisions (
    workspace_id UUID NOT NULL,
    intent TEXT NOT NULL,
    audits INTEGER NOT NULL,
    wrong INTEGER NOT NULL,
    effective DOUBLE PRECISION NOT NULL,
    estimate DOUBLE PRECISION NOT NULL,
    low DOUBLE PRECISION NOT NULL,
    high DOUBLE PRECISION NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_measured_precisions PRIMARY KEY (workspace_id, intent),
    CONSTRAINT fk_measured_precisions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE INDEX ix_turns_workspace_id_created_at ON turns (workspace_id, created_at);
CREATE INDEX ix_conversations_workspace_id_created_at ON conversations (workspace_id, created_at);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['outcomes', 'measured_precisions']
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
