-- What is on record stays: one refusal for every table that is only added to. The files after this one (they are
-- applied in the order of their names) say which tables those are.

DROP FUNCTION IF EXISTS refuse_change() CASCADE;  -- with its triggers, which those files make again
-- what stood in its place, a twin in each file
DROP FUNCTION IF EXISTS refuse_case_change() CASCADE;
DROP FUNCTION IF EXISTS refuse_document_change() CASCADE;
DROP FUNCTION IF EXISTS refuse_export_change() CASCADE;
DROP FUNCTION IF EXISTS refuse_photograph_change() CASCADE;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'kept_record: % is only added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
