-- Row-level security: the application's role sees one workspace at a time, and none by default.
-- FORCE holds the owner of the tables to it as well.

CREATE FUNCTION current_workspace() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.workspace_id', true), '')::uuid $$;

GRANT USAGE ON SCHEMA public TO support_graph_app, support_graph_engine;

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT c.table_name FROM information_schema.columns c
        WHERE c.table_schema = 'public' AND c.column_name = 'workspace_id'
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

-- The log of revisions is only ever added to.
REVOKE UPDATE, DELETE ON resolution_revisions FROM support_graph_app;

-- A workspace reads itself and counts its own versions; it can't be made or renamed by the
-- application.
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspaces FORCE ROW LEVEL SECURITY;
CREATE POLICY within_workspace ON workspaces TO support_graph_app
    USING (id = current_workspace()) WITH CHECK (id = current_workspace());
GRANT SELECT ON workspaces TO support_graph_app;
GRANT UPDATE (settings, store_version, brain_version) ON workspaces TO support_graph_app;

-- Whoever presents a key's digest sees that key, and so learns which workspace it opens.
CREATE POLICY presented ON api_keys FOR SELECT TO support_graph_app
    USING (digest = decode(nullif(current_setting('app.key_digest', true), ''), 'hex'));

-- The engine makes and lists workspaces, and looks for work that was left unfinished.
CREATE POLICY across ON workspaces TO support_graph_engine USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON workspaces TO support_graph_engine;
CREATE POLICY across ON turns FOR SELECT TO support_graph_engine USING (true);
GRANT SELECT ON turns TO support_graph_engine;
CREATE POLICY across ON decisions FOR SELECT TO support_graph_engine USING (true);
GRANT SELECT ON decisions TO support_graph_engine;
CREATE POLICY across ON index_outbox FOR SELECT TO support_graph_engine USING (true);
GRANT SELECT ON index_outbox TO support_graph_engine;
