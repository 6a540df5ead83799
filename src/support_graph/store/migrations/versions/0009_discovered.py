"""How far answers were looked at for where they hold."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = (Path(__file__).parent / "0009_discovered.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))


def downgrade() -> None:
    op.drop_column("workspaces", "discovered_version")
