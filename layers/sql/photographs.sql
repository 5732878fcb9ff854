-- Photographs and what they belong to stay on record.
CREATE TRIGGER is_kept BEFORE UPDATE OR DELETE ON photographs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER is_kept BEFORE UPDATE OR DELETE ON site_check_photographs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER is_kept BEFORE UPDATE ON incident_photographs FOR EACH ROW EXECUTE FUNCTION refuse_change();
