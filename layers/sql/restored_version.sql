-- A deleted feature that is restored goes on counting its versions: an ETag never means two contents.
-- The setting chengtu.restored holds its last version; layers/restore.py sets it for that one statement.
-- "keep_version" (history.sql) gives every inserted row version 1; triggers fire in the order of their names.

DROP FUNCTION IF EXISTS version_of_restored() CASCADE;

CREATE FUNCTION version_of_restored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := current_setting('chengtu.restored')::integer + 1;
    RETURN NEW;
END
$$;

DO $$
DECLARE
    noun text;
BEGIN
    FOR noun IN
        SELECT c.table_name
        FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
        GROUP BY c.table_name
        HAVING count(*) FILTER (WHERE c.column_name IN ('version', 'updated_by', 'geom')) = 3
    LOOP
        EXECUTE format(
            'CREATE TRIGGER version_of_restored BEFORE INSERT ON %I FOR EACH ROW '
            'WHEN (coalesce(current_setting(''chengtu.restored'', true), '''') <> '''') '
            'EXECUTE FUNCTION version_of_restored()', noun);
    END LOOP;
END
$$;
