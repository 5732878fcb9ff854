-- A deleted feature that is restored goes on counting its versions: an ETag never means two contents.
-- The setting chengtu.restored holds its last version; layers/restore.py sets it for that one statement.
-- "keep_first_version" (history.sql) gives every inserted row version 1; triggers fire in the order of their names.

DROP FUNCTION IF EXISTS attach_restoring(text);
DROP FUNCTION IF EXISTS version_of_restored() CASCADE;

CREATE FUNCTION version_of_restored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := current_setting('chengtu.restored')::integer + 1;
    RETURN NEW;
END
$$;

CREATE FUNCTION attach_restoring(noun text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER version_of_restored BEFORE INSERT ON %I FOR EACH ROW '
        'WHEN (coalesce(current_setting(''chengtu.restored'', true), '''') <> '''') '
        'EXECUTE FUNCTION version_of_restored()', noun);
END
$$;

DO $$
BEGIN
    PERFORM attach_restoring(noun) FROM versioned_tables() AS noun
    JOIN information_schema.columns c
        ON c.table_schema = current_schema() AND c.table_name = noun AND c.column_name = 'geom';
END
$$;
