"""People who sign in, their sessions, the links that let them in, and who looks at what."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = (Path(__file__).parent / "0006_sessions.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("who may sign in is not forgotten; restore a backup instead")
