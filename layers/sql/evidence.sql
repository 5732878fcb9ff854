-- The register of evidence files is only added to, each line to the one before.
-- What its digests say is computed and checked in layers/evidence: canonical JSON is no matter of SQL.

DROP FUNCTION IF EXISTS join_export() CASCADE;

-- BEFORE INSERT. Takes turns, so that two people who export at once get one line after the other.
CREATE FUNCTION join_export() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('evidence exports'));
    SELECT number, sha256 INTO last FROM evidence_exports ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(last.number, 0) + 1 OR NEW.previous <> coalesce(last.sha256, repeat('0', 64)) THEN
        RAISE EXCEPTION 'line % does not follow the last one', NEW.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER export_is_kept BEFORE UPDATE OR DELETE ON evidence_exports
FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER exports_are_kept BEFORE TRUNCATE ON evidence_exports
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER export_follows BEFORE INSERT ON evidence_exports
FOR EACH ROW EXECUTE FUNCTION join_export();
