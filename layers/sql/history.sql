-- Every change of every versioned table: a new version on the row, and one line of history.
-- A table is versioned when it has the columns "version" and "updated_by".
-- The actor is the transaction's setting chengtu.actor (layers/database.py sets it).

DROP FUNCTION IF EXISTS keep_version() CASCADE;
DROP FUNCTION IF EXISTS record_history() CASCADE;
DROP FUNCTION IF EXISTS row_facts(jsonb, text[]);
DROP FUNCTION IF EXISTS refuse_change() CASCADE;

-- What a row says, without its book-keeping and without the columns named in "except".
CREATE FUNCTION row_facts(facts jsonb, "except" text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT facts - ARRAY['geom_3857', 'version', 'created_at', 'updated_at', 'updated_by']
        - coalesce("except", '{}')  -- TG_ARGV is null for a trigger without arguments
$$;

-- BEFORE INSERT OR UPDATE. Trigger arguments: columns whose change alone makes no new version
-- (the progress of a job).
CREATE FUNCTION keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor text := nullif(current_setting('chengtu.actor', true), '');
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.version := 1;
        NEW.updated_by := actor;
        RETURN NEW;
    END IF;
    NEW.version := OLD.version;
    NEW.created_at := OLD.created_at;
    NEW.updated_at := OLD.updated_at;
    NEW.updated_by := OLD.updated_by;
    IF row_facts(to_jsonb(OLD), TG_ARGV) IS DISTINCT FROM row_facts(to_jsonb(NEW), TG_ARGV) THEN
        NEW.version := OLD.version + 1;
        NEW.updated_at := clock_timestamp();
        NEW.updated_by := actor;
    END IF;
    RETURN NEW;
END
$$;

-- AFTER INSERT OR UPDATE OR DELETE. Geometry is kept as GeoJSON (to_jsonb of a PostGIS geometry).
-- Trigger argument: 'twin' when the table has geom_3857, which is emptied before it is written out in vain.
CREATE FUNCTION record_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor text := nullif(current_setting('chengtu.actor', true), '');
    was jsonb;
    is_now jsonb;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.version = NEW.version THEN
        RETURN NULL;
    END IF;
    IF TG_ARGV[0] = 'twin' THEN
        IF TG_OP <> 'INSERT' THEN OLD.geom_3857 := NULL; END IF;
        IF TG_OP <> 'DELETE' THEN NEW.geom_3857 := NULL; END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD) - 'geom_3857'; END IF;
    IF TG_OP <> 'DELETE' THEN is_now := to_jsonb(NEW) - 'geom_3857'; END IF;
    INSERT INTO history (layer, feature_id, version, operation, actor, before, after)
    VALUES (
        TG_TABLE_NAME,
        (coalesce(is_now, was) ->> 'id')::bigint,
        (coalesce(is_now, was) ->> 'version')::integer,
        lower(TG_OP), actor, was, is_now
    );
    RETURN NULL;
END
$$;

DO $$
DECLARE
    noun record;
BEGIN
    FOR noun IN
        SELECT c.table_name AS name,
               -- computed columns (still empty in a BEFORE trigger), the progress of a job, and a rank: a reviewer
               -- who is looking at a candidate must not be told that somebody changed it
               coalesce(string_agg(quote_literal(c.column_name), ', ') FILTER (
                   WHERE c.is_generated = 'ALWAYS'
                      OR (c.table_name, c.column_name) IN (
                          ('surveys', 'progress'), ('surveys', 'stage'), ('surveys', 'stages'), ('surveys', 'job_id'),
                          ('candidates', 'priority')
                      )
               ), '') AS unversioned,
               CASE WHEN bool_or(c.column_name = 'geom_3857') THEN '''twin''' ELSE '' END AS twin
        FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
        GROUP BY c.table_name
        HAVING count(*) FILTER (WHERE c.column_name IN ('version', 'updated_by')) = 2
    LOOP
        EXECUTE format(
            'CREATE TRIGGER keep_version BEFORE INSERT OR UPDATE ON %I '
            'FOR EACH ROW EXECUTE FUNCTION keep_version(%s)', noun.name, noun.unversioned);
        EXECUTE format(
            'CREATE TRIGGER record_history AFTER INSERT OR UPDATE OR DELETE ON %I '
            'FOR EACH ROW EXECUTE FUNCTION record_history(%s)',
            noun.name, noun.twin);
    END LOOP;
END
$$;

-- History is only ever added to.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is only added to' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER history_is_kept BEFORE UPDATE OR DELETE ON history
FOR EACH ROW EXECUTE FUNCTION refuse_change();
