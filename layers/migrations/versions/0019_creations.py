"""A row tells its creation itself until it changes: when the statement began that made it, found by an index."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATEMENTS = """
DO $$
DECLARE
    noun text;
    shaped boolean;
BEGIN
    FOR noun, shaped IN
        SELECT c.table_name, bool_or(c.column_name = 'geom_3857')
        FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
        GROUP BY 1 HAVING count(*) FILTER (WHERE c.column_name IN ('id', 'version', 'created_at', 'updated_by')) = 4
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER created_at SET DEFAULT statement_timestamp(), '
            'ALTER updated_at SET DEFAULT statement_timestamp()', noun);
        IF shaped THEN
            EXECUTE format('CREATE INDEX %I ON %I (created_at) WHERE version = 1', 'ix_' || noun || '_created_at', noun);
        END IF;
    END LOOP;
END
$$;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(STATEMENTS, execution_options={"no_parameters": True})
