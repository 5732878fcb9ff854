-- Templates and documents are only added to; numbers of documents follow each other without gaps, by kind and year.

DROP FUNCTION IF EXISTS join_document() CASCADE;

-- BEFORE INSERT. Takes turns: the lock is that of layers/documents/store.py.
CREATE FUNCTION join_document() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last int;
    old case_documents;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('case documents'), hashtext(NEW.kind || NEW.year));
    IF NEW.revision = 1 THEN
        SELECT coalesce(max(sequence), 0) INTO last FROM case_documents WHERE kind = NEW.kind AND year = NEW.year;
        IF NEW.sequence <> last + 1 THEN
            RAISE EXCEPTION 'number % does not follow the last one', NEW.sequence USING ERRCODE = 'restrict_violation';
        END IF;
    ELSE
        SELECT * INTO old FROM case_documents WHERE id = NEW.replaces_id;
        IF (old.case_id, old.kind, old.year, old.sequence, old.number, old.revision + 1)
            IS DISTINCT FROM (NEW.case_id, NEW.kind, NEW.year, NEW.sequence, NEW.number, NEW.revision) THEN
            RAISE EXCEPTION 'a corrected document keeps case, kind and number' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER document_is_kept BEFORE UPDATE OR DELETE ON case_documents
FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER documents_are_kept BEFORE TRUNCATE ON case_documents
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER document_follows BEFORE INSERT ON case_documents
FOR EACH ROW EXECUTE FUNCTION join_document();

CREATE TRIGGER template_is_kept BEFORE UPDATE OR DELETE ON document_templates
FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER templates_are_kept BEFORE TRUNCATE ON document_templates
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
