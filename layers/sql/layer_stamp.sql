-- A short text that differs after any change of a layer, for ETags and cache keys.
--
-- The newest line of history alone would not do: a transaction may commit after another that took a
-- later number. So the lines among the last 10 000 numbers are counted too, and a late commit shows.

DROP FUNCTION IF EXISTS layer_stamp(text);

CREATE FUNCTION layer_stamp(wanted text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(max(id), 0) || '-' || count(*) FILTER (
        WHERE id > (SELECT coalesce(max(id), 0) - 10000 FROM history)
    )
    FROM (
        SELECT id FROM history WHERE layer = wanted ORDER BY id DESC LIMIT 10000
    ) AS latest
$$;
