"""What a layer was at an instant can be looked up in its history, by time and by place.

By time with a BRIN index: lines are only ever added, in the order of time, so it is small and costs a write next to
nothing. By place for lines that have a former state; what is new, an import, has none and pays nothing.
"""

from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE INDEX ix_history_at ON history USING brin (at) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX ix_history_before_geom ON history
    USING gist (st_setsrid(st_geomfromgeojson(nullif(before -> 'geom', 'null'::jsonb) - 'crs'), 4490)) WHERE before IS NOT NULL;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(STATEMENTS, execution_options={"no_parameters": True})
