"""The first tables, and the walls between workspaces."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    here = Path(__file__).parent
    for name in ("0001_tables.sql", "0001_tenancy.sql"):
        statements = (here / name).read_text(encoding="utf-8")
        op.get_bind().exec_driver_sql(statements.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("the first migration has nothing to go back to")
