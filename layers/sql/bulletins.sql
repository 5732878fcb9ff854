-- A bulletin changes only as its rules permit, whoever writes it; a published one never, but for its withdrawal.
--
-- The rules stand in layers/bulletins/rules.py; bulletin_transitions is filled from them on every migrate.

DROP FUNCTION IF EXISTS check_bulletin() CASCADE;
DROP FUNCTION IF EXISTS check_bulletin_file() CASCADE;
DROP FUNCTION IF EXISTS refuse_bulletin_change() CASCADE;

-- What may differ when nothing of substance changes.
CREATE FUNCTION check_bulletin() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept text[] := ARRAY['version', 'updated_at', 'updated_by', 'status'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'bulletin_is_kept: % is %', OLD.code, OLD.status USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.kind = 'violations' AND NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'bulletin_begins_as_draft: %', NEW.code USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.status <> OLD.status AND NOT EXISTS (
        SELECT FROM bulletin_transitions WHERE from_status = OLD.status AND to_status = NEW.status
    ) THEN
        RAISE EXCEPTION 'illegal_transition: a bulletin leads not from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status = OLD.status AND OLD.status = 'draft' THEN
        RETURN NEW;
    END IF;
    CASE NEW.status
        WHEN 'draft' THEN kept := kept || ARRAY['returned_reason', 'approved_by'];
        WHEN 'approved' THEN kept := kept || ARRAY['approved_by'];
        WHEN 'published' THEN kept := kept || ARRAY['year', 'number', 'issued_on', 'published_by', 'sha256'];
        WHEN 'withdrawn' THEN kept := kept || ARRAY['withdrawn_by', 'withdrawn_at', 'withdrawn_reason'];
        ELSE NULL;
    END CASE;
    IF NEW.status = OLD.status THEN
        kept := ARRAY['version', 'updated_at', 'updated_by'];
    END IF;
    IF to_jsonb(NEW) - kept <> to_jsonb(OLD) - kept THEN
        RAISE EXCEPTION 'bulletin_is_frozen: % is %', OLD.code, OLD.status USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'approved' AND NEW.approved_by IS NULL THEN
        RAISE EXCEPTION 'approval_missing: % is approved by nobody', OLD.code USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'violations' AND NEW.status = 'published' AND (NEW.sha256 IS NULL OR NOT EXISTS (
        SELECT FROM bulletin_files WHERE bulletin_id = NEW.id AND role = 'document'
    )) THEN
        RAISE EXCEPTION 'bulletin_without_documents: %', OLD.code USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON bulletins
FOR EACH ROW EXECUTE FUNCTION check_bulletin();

-- Pictures come and go with a draft; documents come once, while an approved bulletin is being published.
CREATE FUNCTION check_bulletin_file() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
    file bulletin_files;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'bulletin_is_frozen: a file is not changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN file := OLD; ELSE file := NEW; END IF;
    SELECT status INTO state FROM bulletins WHERE id = file.bulletin_id FOR SHARE;
    -- null: the draft itself is going, and takes its pictures along
    IF NOT coalesce(state = CASE WHEN file.role = 'picture' OR TG_OP = 'DELETE' THEN 'draft' ELSE 'approved' END, true) THEN
        RAISE EXCEPTION 'bulletin_is_frozen: its % % cannot come or go now', file.role, file.name
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN file;
END
$$;
CREATE TRIGGER check_file BEFORE INSERT OR UPDATE OR DELETE ON bulletin_files
FOR EACH ROW EXECUTE FUNCTION check_bulletin_file();

CREATE FUNCTION refuse_bulletin_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'bulletin_is_kept: % is not emptied', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER are_kept BEFORE TRUNCATE ON bulletins FOR EACH STATEMENT EXECUTE FUNCTION refuse_bulletin_change();
CREATE TRIGGER are_kept BEFORE TRUNCATE ON bulletin_files FOR EACH STATEMENT EXECUTE FUNCTION refuse_bulletin_change();
