-- The engine looks for indexes that were found damaged, so that they are written again.

CREATE POLICY across ON indexes FOR SELECT TO support_graph_engine USING (true);
GRANT SELECT ON indexes TO support_graph_engine;
