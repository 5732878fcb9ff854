"""A flight's display tiles have a key of their content, by which they may be kept for ever."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE surveys
    ADD COLUMN pyramid_content TEXT CONSTRAINT ck_surveys_pyramid_content_hex CHECK (pyramid_content ~ '^[0-9a-f]{16}$');
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(STATEMENTS, execution_options={"no_parameters": True})
