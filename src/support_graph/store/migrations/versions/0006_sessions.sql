-- People who sign in. A person may be a member of several workspaces, so people and their sessions
-- stand outside all of them: the application sees a person only who has shown who they are.

CREATE TABLE people (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    login TEXT,
    password_hash TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_people PRIMARY KEY (id),
    CONSTRAINT uq_people_login UNIQUE (login)
);

CREATE TABLE sessions (
    digest BYTEA NOT NULL,
    person_id UUID NOT NULL,
    at_workspace UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sessions PRIMARY KEY (digest),
    CONSTRAINT fk_sessions_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE,
    CONSTRAINT fk_sessions_at_workspace FOREIGN KEY(at_workspace) REFERENCES workspaces (id) ON DELETE SET NULL
);

CREATE INDEX ix_sessions_person_id ON sessions (person_id);

-- Digests of logins and addresses only, for as long as they count.
CREATE TABLE sign_in_attempts (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    subject BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_sign_in_attempts PRIMARY KEY (id)
);

CREATE INDEX ix_sign_in_attempts_subject_created_at ON sign_in_attempts (subject, created_at);

ALTER TABLE members ADD COLUMN person_id UUID;
ALTER TABLE members ADD CONSTRAINT fk_members_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL;
ALTER TABLE members ADD CONSTRAINT uq_members_workspace_id_person_id UNIQUE (workspace_id, person_id);
CREATE INDEX ix_members_person_id ON members (person_id);

CREATE TABLE links (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    digest BYTEA NOT NULL,
    role TEXT NOT NULL,
    member_id UUID,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_links PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_links_digest UNIQUE (digest),
    CONSTRAINT fk_links_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_links_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES members (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE presences (
    workspace_id UUID NOT NULL,
    escalation_id UUID NOT NULL,
    viewer UUID NOT NULL,
    member_id UUID NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_presences PRIMARY KEY (workspace_id, escalation_id, viewer),
    CONSTRAINT fk_presences_workspace_id_escalation_id FOREIGN KEY(workspace_id, escalation_id) REFERENCES escalations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_presences_workspace_id_member_id FOREIGN KEY(workspace_id, member_id) REFERENCES members (workspace_id, id) ON DELETE CASCADE
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['links', 'presences']
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
    FOREACH name IN ARRAY ARRAY['people', 'sessions', 'sign_in_attempts']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;

CREATE FUNCTION current_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.person_id', true), '')::uuid $$;

CREATE FUNCTION presented_digest() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT decode(nullif(current_setting('app.presented', true), ''), 'hex') $$;

-- Whoever names a login sees that one person, to compare the password; then they are that person.
CREATE POLICY named ON people FOR SELECT TO support_graph_app
    USING (login = nullif(current_setting('app.login', true), ''));
CREATE POLICY oneself ON people TO support_graph_app
    USING (id = current_person()) WITH CHECK (id = current_person());
GRANT SELECT, INSERT, UPDATE ON people TO support_graph_app;

CREATE POLICY presented ON sessions FOR SELECT TO support_graph_app
    USING (digest = presented_digest());
CREATE POLICY oneself ON sessions TO support_graph_app
    USING (person_id = current_person()) WITH CHECK (person_id = current_person());
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO support_graph_app;

CREATE POLICY presented ON sign_in_attempts TO support_graph_app
    USING (subject = presented_digest()) WITH CHECK (subject = presented_digest());
GRANT SELECT, INSERT, DELETE ON sign_in_attempts TO support_graph_app;

CREATE POLICY presented ON links FOR SELECT TO support_graph_app
    USING (digest = presented_digest());

-- A person sees which workspaces they are a member of.
CREATE POLICY oneself ON members FOR SELECT TO support_graph_app
    USING (person_id = current_person());
CREATE POLICY of_person ON workspaces FOR SELECT TO support_graph_app
    USING (id IN (SELECT workspace_id FROM members WHERE person_id = current_person()));

-- Whether anybody can sign in at all: asked once, when a service starts.
CREATE POLICY across ON people FOR SELECT TO support_graph_engine USING (true);
GRANT SELECT (id) ON people TO support_graph_engine;
