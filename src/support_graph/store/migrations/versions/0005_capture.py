"""Human answers in their circumstances, proposals, and a way to a contact's conversations."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = (Path(__file__).parent / "0005_capture.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what was learned is not thrown away; restore a backup instead")
