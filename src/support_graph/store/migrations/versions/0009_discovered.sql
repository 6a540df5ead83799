-- Up to which store version answers were looked at for where they hold, so that one job can look at
-- many of them. What is there already was looked at by jobs of its own.

ALTER TABLE workspaces ADD COLUMN discovered_version BIGINT DEFAULT 0 NOT NULL;
UPDATE workspaces SET discovered_version = store_version;

GRANT UPDATE (discovered_version) ON workspaces TO support_graph_app;
