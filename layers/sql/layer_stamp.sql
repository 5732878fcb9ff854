-- What a stamp is read from: a short text that differs after any change of a layer, for ETags and cache keys.
--
-- Every statement that changes a versioned table leaves one line in layer_changes, in its own transaction, so
-- a stamp is right the moment the change can be seen. Nobody waits for anybody: a counter in one row would make
-- every edit of a layer wait for the end of a long import. layers/stamps.py says how the lines are read.

DROP FUNCTION IF EXISTS attach_stamp(text);
DROP FUNCTION IF EXISTS layer_stamp(text);
DROP FUNCTION IF EXISTS note_change() CASCADE;
DROP FUNCTION IF EXISTS note_update() CASCADE;
DROP FUNCTION IF EXISTS note_layer(text);

-- A few lines are kept per layer; those that another transaction is just deleting are left to it.
CREATE FUNCTION note_layer(changed text) RETURNS void LANGUAGE sql AS $$
    DELETE FROM layer_changes WHERE id IN (
        SELECT id FROM layer_changes WHERE layer = changed ORDER BY id DESC OFFSET 32 FOR UPDATE SKIP LOCKED
    );
    INSERT INTO layer_changes (layer) VALUES (changed);
$$;

CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed) THEN
        PERFORM note_layer(TG_TABLE_NAME::text);
    END IF;
    RETURN NULL;
END
$$;

-- What makes no new version (the progress of a job) is no change. Versions only rise. (To join both tables by a plan that
-- was made for few rows takes time that grows with the square of many.)
CREATE FUNCTION note_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(version) FROM changed) > (SELECT sum(version) FROM was) THEN
        PERFORM note_layer(TG_TABLE_NAME::text);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION attach_stamp(noun text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER note_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS changed '
        'FOR EACH STATEMENT EXECUTE FUNCTION note_change()', noun);
    EXECUTE format(
        'CREATE TRIGGER note_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS changed '
        'FOR EACH STATEMENT EXECUTE FUNCTION note_change()', noun);
    EXECUTE format(
        'CREATE TRIGGER note_update AFTER UPDATE ON %I REFERENCING OLD TABLE AS was NEW TABLE AS changed '
        'FOR EACH STATEMENT EXECUTE FUNCTION note_update()', noun);
END
$$;

DO $$ BEGIN PERFORM attach_stamp(noun) FROM versioned_tables() AS noun; END $$;
