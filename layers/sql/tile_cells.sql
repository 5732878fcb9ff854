-- How many features lie in every cell of a 16 x 16 lattice over a tile, for zooms at which they are too small to be
-- drawn one by one. Kept by the statements that change a layer, in their own transactions.
--
-- Nobody waits for anybody: a statement takes in the lines of its cells that nobody else is just changing and leaves
-- one line instead, so a cell may have several lines, and what it holds is their sum. All sums are of whole numbers
-- (centimetres of Web Mercator), so that what is taken away again leaves nothing behind. Where a cell holds a single
-- feature, the sum of ids is its id.
--
-- layers/cells.py makes the triggers; their arguments are the first and the last zoom that have cells.

-- SQL that turns rows (id, geom_3857, sign) into changes of cells. An area is drawn as itself from the zoom at which
-- its longer side is four pixels (of 256 to the tile), and is in no cell from there on.
CREATE OR REPLACE FUNCTION tile_cell_changes(source text, first integer, last integer) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
SELECT format($sql$
    WITH boxed AS (  -- reading the box of a geometry is most of the work: once a row
        SELECT id, sign, geom_3857::box3d AS box FROM (%1$s) AS given WHERE geom_3857 IS NOT NULL OFFSET 0
    ),
    placed AS (
        SELECT id, sign, (ST_XMin(box) + ST_XMax(box)) / 2 AS x, (ST_YMin(box) + ST_YMax(box)) / 2 AS y,
               width_bucket(
                   greatest(ST_XMax(box) - ST_XMin(box), ST_YMax(box) - ST_YMin(box)),
                   (SELECT array_agg(40075016.68557849::float8 / 64 / 2 ^ z ORDER BY z DESC)
                    FROM generate_series(%2$s, %3$s) AS z)
               ) AS drawn_at
        FROM boxed
    ),
    finest AS (
        SELECT floor((x / 40075016.68557849 + 0.5) * 16 * 2 ^ %3$s)::integer AS col,
               floor((0.5 - y / 40075016.68557849) * 16 * 2 ^ %3$s)::integer AS row,
               drawn_at, sum(sign)::bigint AS features, sum(sign * id)::bigint AS ids,
               sum(sign * round(x * 100)::bigint)::bigint AS x_cm, sum(sign * round(y * 100)::bigint)::bigint AS y_cm
        FROM placed GROUP BY 1, 2, 3
    )
    SELECT z AS zoom, (col >> (%3$s - z)) >> 4 AS tile_x, (row >> (%3$s - z)) >> 4 AS tile_y,
           ((col >> (%3$s - z)) & 15) * 16 + ((row >> (%3$s - z)) & 15) AS cell,
           sum(features)::bigint AS features, sum(ids)::bigint AS ids, sum(x_cm)::bigint AS x_cm, sum(y_cm)::bigint AS y_cm
    FROM finest, generate_series(%2$s, %3$s) AS z
    WHERE z < %3$s + 1 - drawn_at
    GROUP BY 1, 2, 3, 4
    HAVING sum(features) <> 0 OR sum(ids) <> 0 OR sum(x_cm) <> 0 OR sum(y_cm) <> 0
$sql$, source, first, last)
$$;

CREATE OR REPLACE FUNCTION keep_tile_cells() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    source text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT id, geom_3857, 1 AS sign FROM changed'
        WHEN 'DELETE' THEN 'SELECT id, geom_3857, -1 AS sign FROM changed'
        ELSE 'SELECT v.id, v.geom_3857, v.sign FROM changed AS c JOIN was AS w USING (id), '
             'LATERAL (VALUES (c.id, c.geom_3857, 1), (w.id, w.geom_3857, -1)) AS v (id, geom_3857, sign) '
             'WHERE c.geom_3857 IS DISTINCT FROM w.geom_3857'
    END;
BEGIN
    EXECUTE format($sql$
        WITH change AS MATERIALIZED (%s),
        mine AS (
            SELECT c.ctid AS place FROM tile_cells AS c JOIN change AS d USING (zoom, tile_x, tile_y, cell)
            WHERE c.layer = %2$L FOR UPDATE OF c SKIP LOCKED
        ),
        taken AS (
            DELETE FROM tile_cells WHERE ctid IN (SELECT place FROM mine)
            RETURNING zoom, tile_x, tile_y, cell, features, ids, x_cm, y_cm
        )
        INSERT INTO tile_cells (layer, zoom, tile_x, tile_y, cell, features, ids, x_cm, y_cm)
        SELECT %2$L, zoom, tile_x, tile_y, cell, sum(features), sum(ids), sum(x_cm), sum(y_cm)
        FROM (SELECT * FROM change UNION ALL SELECT * FROM taken) AS lines
        GROUP BY zoom, tile_x, tile_y, cell
        HAVING sum(features) <> 0 OR sum(ids) <> 0 OR sum(x_cm) <> 0 OR sum(y_cm) <> 0
    $sql$, tile_cell_changes(source, TG_ARGV[0]::integer, TG_ARGV[1]::integer), TG_TABLE_NAME);
    RETURN NULL;
END
$$;

-- Counts a layer anew; nobody may change it meanwhile.
CREATE OR REPLACE FUNCTION refill_tile_cells(wanted text, first integer, last integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('LOCK TABLE %I IN SHARE MODE', wanted);
    DELETE FROM tile_cells WHERE layer = wanted;
    EXECUTE format('INSERT INTO tile_cells (zoom, tile_x, tile_y, cell, features, ids, x_cm, y_cm, layer) SELECT c.*, %L FROM (%s) AS c',
        wanted, tile_cell_changes(format('SELECT id, geom_3857, 1 AS sign FROM %I', wanted), first, last));
END
$$;
