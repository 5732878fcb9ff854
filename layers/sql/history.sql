-- Every change of every versioned table: a new version on the row, and one line of history.
-- A table is versioned when it has the columns "version" and "updated_by".
-- The actor is the transaction's setting chengtu.actor (layers/database.py sets it).
--
-- Its creation a row tells itself (version 1, created_at, updated_by and all that it says) until it first changes or
-- goes; the line is written then. So an import leaves no second copy of what it brings, which took two fifths of its
-- time. layers/history.py reads creations that are not told yet as if they had their line.
--
-- History is written per statement, from its transition tables.

DROP FUNCTION IF EXISTS attach_history(text);
DROP FUNCTION IF EXISTS versioned_tables();
DROP FUNCTION IF EXISTS keep_version() CASCADE;
DROP FUNCTION IF EXISTS record_history() CASCADE;
DROP FUNCTION IF EXISTS record_return() CASCADE;
DROP FUNCTION IF EXISTS record_creations(text);
DROP FUNCTION IF EXISTS creation_lines(text, text, text);
DROP FUNCTION IF EXISTS kept_facts(text);
DROP FUNCTION IF EXISTS changed_condition(text);
DROP FUNCTION IF EXISTS row_facts(jsonb, text[]);
DROP FUNCTION IF EXISTS row_facts(jsonb);
DROP FUNCTION IF EXISTS acting();

-- Who acts in this transaction; null for nobody.
CREATE FUNCTION acting() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('chengtu.actor', true), '')
$$;

-- What a row says, without its book-keeping.
CREATE FUNCTION row_facts(facts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT facts - ARRAY['geom_3857', 'version', 'created_at', 'updated_at', 'updated_by']
$$;

-- BEFORE INSERT or UPDATE. Trigger argument: 'changed' where the row says something else than before.
CREATE FUNCTION keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.version := 1;
        NEW.updated_by := acting();
        RETURN NEW;
    END IF;
    NEW.id := OLD.id;  -- by which the history finds what a row was before
    NEW.version := OLD.version;
    NEW.created_at := OLD.created_at;
    NEW.updated_at := OLD.updated_at;
    NEW.updated_by := OLD.updated_by;
    IF TG_ARGV[0] = 'changed' THEN
        NEW.version := OLD.version + 1;
        NEW.updated_at := clock_timestamp();
        NEW.updated_by := acting();
    END IF;
    RETURN NEW;
END
$$;

-- The condition that an updated row says something else than before. Left out: what the database computes (still empty
-- in a BEFORE trigger), book-keeping, the progress of a job, and a rank: a reviewer who is looking at a candidate must
-- not be told that somebody changed it. Written out per table: to_jsonb of both rows takes thirty times as long.
-- A migration that takes a column away drops the table's triggers keep_version and keep_same_version first; this file
-- makes them anew.
CREATE FUNCTION changed_condition(noun text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(format('OLD.%1$I IS DISTINCT FROM NEW.%1$I', c.column_name), ' OR ' ORDER BY c.ordinal_position)
    FROM information_schema.columns c
    WHERE c.table_schema = current_schema() AND c.table_name = noun AND c.is_generated = 'NEVER'
        AND c.column_name NOT IN ('id', 'version', 'created_at', 'updated_at', 'updated_by')
        AND (c.table_name, c.column_name) NOT IN (
            ('surveys', 'progress'), ('surveys', 'stage'), ('surveys', 'stages'), ('surveys', 'job_id'),
            ('candidates', 'priority')
        )
$$;

-- What is kept of a row "{t}" of a table, as an expression that gives jsonb. It is written out because to_jsonb(t) looks
-- for the cast of a geometry anew in every row, which takes ten times as long as all the rest, and because
-- jsonb_build_object takes half the time of to_jsonb of a subselect.
-- Geometry is kept as GeoJSON, its Mercator twin is not kept.
CREATE FUNCTION kept_facts(noun text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(format('jsonb_build_object(%s)', pairs), ' || ')
    FROM (
        SELECT string_agg(
            format(CASE WHEN udt_name = 'geometry' THEN '%L, {t}.%I::jsonb' ELSE '%L, {t}.%I' END, column_name, column_name),
            ', '
        ) AS pairs
        FROM (
            SELECT c.column_name, c.udt_name, row_number() OVER (ORDER BY c.ordinal_position) AS place
            FROM information_schema.columns c
            WHERE c.table_schema = current_schema() AND c.table_name = noun AND c.column_name <> 'geom_3857'
        ) AS kept
        GROUP BY place / 50  -- a function takes 100 arguments
    ) AS parts
$$;

-- SQL of the lines that tell the creations of rows "source" of version 1 that have none. An id that was used before
-- has an older one. "untold" in layers/history.py reads by the same rule.
CREATE FUNCTION creation_lines(noun text, facts text, source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format(
        'INSERT INTO history (layer, feature_id, version, operation, actor, at, before, after) '
        'SELECT %1$L, first.id, 1, ''insert'', first.updated_by, first.created_at, NULL, %2$s FROM %3$s AS first '
        'WHERE first.version = 1 AND NOT EXISTS ('
        'SELECT FROM history AS h WHERE h.layer = %1$L AND h.feature_id = first.id AND h.version = 1 '
        'AND h.operation = ''insert'' AND h.at >= first.created_at) ORDER BY first.id',
        noun, replace(facts, '{t}', 'first'), source)
$$;

-- AFTER UPDATE or DELETE, for each statement, with the transition tables "was" and "changed".
-- Trigger argument: what kept_facts gives.
CREATE FUNCTION record_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was text := replace(TG_ARGV[0], '{t}', 'was');
    is_now text := replace(TG_ARGV[0], '{t}', 'changed');
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (SELECT sum(version) FROM changed) = (SELECT sum(version) FROM was) THEN
            RETURN NULL;  -- no new version, nothing to tell
        END IF;
    END IF;
    IF EXISTS (SELECT FROM was WHERE version = 1) THEN
        EXECUTE creation_lines(TG_TABLE_NAME, TG_ARGV[0], CASE TG_OP WHEN 'DELETE' THEN 'was' ELSE
            '(SELECT was.* FROM was JOIN changed ON changed.id = was.id AND changed.version <> was.version)' END);
    END IF;
    EXECUTE 'INSERT INTO history (layer, feature_id, version, operation, actor, before, after) ' || CASE TG_OP
        WHEN 'UPDATE' THEN format(
            'SELECT $1, changed.id, changed.version, ''update'', acting(), %s, %s FROM changed '
            'JOIN was ON was.id = changed.id WHERE changed.version <> was.version ORDER BY changed.id', was, is_now)
        ELSE format(
            'SELECT $1, id, version, ''delete'', acting(), %s, NULL FROM was', was)
    END USING TG_TABLE_NAME;
    RETURN NULL;
END
$$;

-- AFTER INSERT of a row that was deleted and comes back (restored_version.sql): it began before, so it cannot tell this.
CREATE FUNCTION record_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'INSERT INTO history (layer, feature_id, version, operation, actor, before, after) '
        'SELECT $1, $2.id, $2.version, ''insert'', acting(), NULL, ' || replace(TG_ARGV[0], '{t}', '($2)')
    USING TG_TABLE_NAME, NEW;
    RETURN NULL;
END
$$;

-- Writes all creations of a table that are not told yet, before it is dropped.
CREATE FUNCTION record_creations(noun text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE creation_lines(noun, kept_facts(noun), quote_ident(noun));
END
$$;

-- Gives one table its triggers.
CREATE FUNCTION attach_history(noun text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed text := changed_condition(noun);
    facts text := kept_facts(noun);
BEGIN
    EXECUTE format(
        'CREATE TRIGGER keep_version BEFORE UPDATE ON %I FOR EACH ROW WHEN (%s) EXECUTE FUNCTION keep_version(''changed'')',
        noun, changed);
    EXECUTE format(
        'CREATE TRIGGER keep_same_version BEFORE UPDATE ON %I FOR EACH ROW WHEN (NOT (%s)) EXECUTE FUNCTION keep_version()',
        noun, changed);
    -- an import of a million rows says both itself, and no function need be called for it
    EXECUTE format(
        'CREATE TRIGGER keep_first_version BEFORE INSERT ON %I FOR EACH ROW '
        'WHEN (NEW.version IS DISTINCT FROM 1 OR NEW.updated_by IS DISTINCT FROM acting()) '
        'EXECUTE FUNCTION keep_version()', noun);
    EXECUTE format(
        'CREATE TRIGGER record_return AFTER INSERT ON %I FOR EACH ROW '
        'WHEN (NEW.version <> 1) EXECUTE FUNCTION record_return(%L)', noun, facts);
    EXECUTE format(
        'CREATE TRIGGER record_update AFTER UPDATE ON %I REFERENCING OLD TABLE AS was NEW TABLE AS changed '
        'FOR EACH STATEMENT EXECUTE FUNCTION record_history(%L)', noun, facts);
    EXECUTE format(
        'CREATE TRIGGER record_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS was '
        'FOR EACH STATEMENT EXECUTE FUNCTION record_history(%L)', noun, facts);
END
$$;

-- Every table that has these columns keeps a history.
CREATE FUNCTION versioned_tables() RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT c.table_name::text
    FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
    GROUP BY c.table_name
    HAVING count(*) FILTER (WHERE c.column_name IN ('id', 'version', 'updated_by')) = 3
$$;

DO $$ BEGIN PERFORM attach_history(noun) FROM versioned_tables() AS noun; END $$;

CREATE TRIGGER history_is_kept BEFORE UPDATE OR DELETE ON history
FOR EACH ROW EXECUTE FUNCTION refuse_change();
