-- What the gate learns from: messages that humans handled, labels, calibrations, signals.

CREATE TABLE filed_messages (
    workspace_id UUID NOT NULL,
    turn_id UUID NOT NULL,
    resolution_id UUID,
    embedding BYTEA NOT NULL,
    embedding_model TEXT NOT NULL,
    store_version BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_filed_messages PRIMARY KEY (workspace_id, turn_id),
    CONSTRAINT fk_filed_messages_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_filed_messages_workspace_id_turn_id FOREIGN KEY(workspace_id, turn_id) REFERENCES turns (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_filed_messages_workspace_id_resolution_id FOREIGN KEY(workspace_id, resolution_id) REFERENCES resolutions (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_filed_messages_workspace_id_store_version ON filed_messages (workspace_id, store_version);

CREATE TABLE labels (
    workspace_id UUID NOT NULL,
    turn_id UUID NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    is_right BOOLEAN NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    features DOUBLE PRECISION[] NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_labels PRIMARY KEY (workspace_id, turn_id, kind),
    CONSTRAINT fk_labels_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_labels_workspace_id_turn_id FOREIGN KEY(workspace_id, turn_id) REFERENCES turns (workspace_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_labels_workspace_id_kind_created_at ON labels (workspace_id, kind, created_at);

CREATE TABLE calibrations (
    workspace_id UUID NOT NULL,
    kind TEXT NOT NULL,
    labels INTEGER NOT NULL,
    beta DOUBLE PRECISION[] NOT NULL,
    hessian DOUBLE PRECISION[] NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_calibrations PRIMARY KEY (workspace_id, kind, labels),
    CONSTRAINT fk_calibrations_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE answer_pairs (
    workspace_id UUID NOT NULL,
    resolution_id UUID NOT NULL,
    runner_up_id UUID NOT NULL,
    ok DOUBLE PRECISION DEFAULT 0 NOT NULL,
    bad DOUBLE PRECISION DEFAULT 0 NOT NULL,
    CONSTRAINT pk_answer_pairs PRIMARY KEY (workspace_id, resolution_id, runner_up_id),
    CONSTRAINT fk_answer_pairs_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_answer_pairs_workspace_id_resolution_id FOREIGN KEY(workspace_id, resolution_id) REFERENCES resolutions (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_answer_pairs_workspace_id_runner_up_id FOREIGN KEY(workspace_id, runner_up_id) REFERENCES resolutions (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE signals (
    workspace_id UUID NOT NULL,
    turn_id UUID NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    comment TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_signals PRIMARY KEY (workspace_id, turn_id, kind),
    CONSTRAINT fk_signals_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_signals_workspace_id_turn_id FOREIGN KEY(workspace_id, turn_id) REFERENCES turns (workspace_id, id) ON DELETE CASCADE
);

-- The chance with which an answerable turn was given to a human instead; null where it was not
-- answerable, or before there were audits.
ALTER TABLE turns ADD COLUMN audit_chance DOUBLE PRECISION;
CREATE INDEX ix_turns_judged ON turns (workspace_id, id) WHERE confidence IS NOT NULL;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['filed_messages', 'labels', 'calibrations', 'answer_pairs', 'signals']
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
