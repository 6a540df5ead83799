"""Damaged indexes are written again, whether anything is learned or not."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = (Path(__file__).parent / "0013_mending.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP POLICY across ON indexes")
    op.execute("REVOKE SELECT ON indexes FROM support_graph_engine")
