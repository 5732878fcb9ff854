-- Photographs and what they belong to stay on record: as refuse_case_change() in case_steps.sql, but of its own,
-- since every file here is dropped and made again by itself.
DROP FUNCTION IF EXISTS refuse_photograph_change() CASCADE;
CREATE FUNCTION refuse_photograph_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'kept_record: % is only added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER is_kept BEFORE UPDATE OR DELETE ON photographs FOR EACH ROW EXECUTE FUNCTION refuse_photograph_change();
CREATE TRIGGER is_kept BEFORE UPDATE OR DELETE ON site_check_photographs FOR EACH ROW
    EXECUTE FUNCTION refuse_photograph_change();
