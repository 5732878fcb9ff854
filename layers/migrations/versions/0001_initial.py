"""The first tables: places, people, assets, daily work, flights, cases, history.

The statements stand in 0001/*.sql and run in the order of their names. Never edited once merged.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_STATEMENTS = Path(__file__).parent / "0001"


def upgrade() -> None:
    for file in sorted(_STATEMENTS.glob("*.sql")):
        statements = file.read_text(encoding="utf-8")
        op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
