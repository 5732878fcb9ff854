"""Counts of features in the cells of tiles, and small indexes of what is large enough for low zooms."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE tile_cells (
    layer TEXT NOT NULL,
    zoom SMALLINT NOT NULL,
    tile_x INTEGER NOT NULL,
    tile_y INTEGER NOT NULL,
    cell SMALLINT NOT NULL,
    features BIGINT NOT NULL,
    ids BIGINT NOT NULL,
    x_cm BIGINT NOT NULL,
    y_cm BIGINT NOT NULL
);
CREATE INDEX ix_tile_cells_layer_zoom_tile_x_tile_y ON tile_cells (layer, zoom, tile_x, tile_y);
DO $$
DECLARE
    shaped text;
BEGIN
    FOR shaped IN
        SELECT f_table_name FROM geometry_columns
        WHERE f_table_schema = current_schema() AND f_geometry_column = 'geom_3857' AND type = 'MULTIPOLYGON'
    LOOP
        EXECUTE format(
            'CREATE INDEX %I ON %I USING gist (geom_3857) WHERE greatest('
            'ST_XMax(geom_3857) - ST_XMin(geom_3857), ST_YMax(geom_3857) - ST_YMin(geom_3857)) > 76',
            'ix_' || shaped || '_large', shaped);
    END LOOP;
END
$$;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(STATEMENTS, execution_options={"no_parameters": True})
