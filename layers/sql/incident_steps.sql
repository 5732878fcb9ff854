-- An incident moves by steps, and the database holds every step to the table of transitions, whoever writes it.
--
-- The rules stand in layers/incidents/rules.py; incident_transitions is filled from them on every migrate. A new
-- incident gets its first step from here: «report», or «take_over» where the city platform brought it this far. Later
-- steps are only added, and each one writes state, times, limit and handler of its incident; nothing else may.

DROP FUNCTION IF EXISTS check_incident_start() CASCADE;
DROP FUNCTION IF EXISTS begin_incident_steps() CASCADE;
DROP FUNCTION IF EXISTS check_incident_step() CASCADE;
DROP FUNCTION IF EXISTS take_incident_step() CASCADE;
DROP FUNCTION IF EXISTS check_incident_change() CASCADE;
DROP FUNCTION IF EXISTS check_incident_gone() CASCADE;
DROP FUNCTION IF EXISTS refuse_incident_step_change() CASCADE;
DROP FUNCTION IF EXISTS incident_light(text, timestamptz, timestamptz, timestamptz, timestamptz);

-- The traffic light: amber in the last quarter of the time that the limit gives.
CREATE FUNCTION incident_light(
    status text, filed_at timestamptz, due_at timestamptz, closed_at timestamptz, at timestamptz
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN due_at IS NULL OR status IN ('accepted', 'declined', 'revoked', 'suspended') THEN 'none'
        WHEN status IN ('closed', 'evaluated') THEN CASE WHEN closed_at <= due_at THEN 'met' ELSE 'missed' END
        WHEN at > due_at THEN 'red'
        WHEN at > due_at - (due_at - filed_at) / 4 THEN 'amber'
        ELSE 'green' END
$$;

-- A code whose validity ended before the incident gives way to the one that stands for it, where that is a single one.
CREATE FUNCTION check_incident_start() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day date := (NEW.accepted_at AT TIME ZONE 'Asia/Shanghai')::date;
    newer bigint[];
BEGIN
    IF NEW.status <> 'accepted' AND NEW.platform_code IS NULL THEN
        RAISE EXCEPTION 'begun_elsewhere: incident % is %, and has no number of the city platform', NEW.code, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_incidents_begun_elsewhere';
    END IF;
    IF greatest(NEW.accepted_at, NEW.filed_at, NEW.dispatched_at, NEW.handled_at, NEW.closed_at)
       > clock_timestamp() + interval '1 minute' THEN
        RAISE EXCEPTION 'time_in_the_future: incident %', NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_incidents_time_in_the_future';
    END IF;
    IF EXISTS (SELECT FROM codes WHERE id = NEW.category_id AND valid_to <= day) THEN
        SELECT array_agg(c.id) INTO newer FROM code_mappings m JOIN codes c ON c.id = m.to_id
        WHERE m.from_id = NEW.category_id AND c.valid_from <= day AND (c.valid_to IS NULL OR c.valid_to > day);
        IF cardinality(newer) = 1 THEN NEW.category_id := newer[1]; END IF;
    END IF;
    NEW.steps := 1;
    RETURN NEW;
END
$$;
CREATE TRIGGER check_start BEFORE INSERT ON incidents FOR EACH ROW EXECUTE FUNCTION check_incident_start();

CREATE FUNCTION begin_incident_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO incident_steps (incident_id, seq, act, to_status, at, person_id, due_at, handler_id, request_key)
    SELECT id, 1, CASE status WHEN 'accepted' THEN 'report' ELSE 'take_over' END, status,
           greatest(accepted_at, filed_at, dispatched_at, handled_at, closed_at),
           (SELECT p.id FROM people p WHERE p.name = acting()), due_at, handler_id, request_key
    FROM added ORDER BY added.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER begin_steps AFTER INSERT ON incidents REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION begin_incident_steps();

CREATE FUNCTION check_incident_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last incident_steps;
    way incident_transitions;
BEGIN
    IF NEW.seq = 1 THEN  -- every incident has one, so that another is refused as a double
        RETURN NEW;
    END IF;
    PERFORM FROM incidents WHERE id = NEW.incident_id FOR UPDATE;  -- two people take turns
    SELECT * INTO last FROM incident_steps WHERE incident_id = NEW.incident_id ORDER BY seq DESC LIMIT 1;
    IF NEW.seq IS DISTINCT FROM last.seq + 1 OR NEW.from_status IS DISTINCT FROM last.to_status OR NEW.at < last.at THEN
        RAISE EXCEPTION 'step_out_of_turn: step % of incident % does not follow its last step', NEW.seq, NEW.incident_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.at > clock_timestamp() + interval '1 minute' THEN
        RAISE EXCEPTION 'step_in_the_future: %', NEW.at USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO way FROM incident_transitions t
    WHERE t.act = NEW.act AND t.from_status = NEW.from_status AND t.to_status = NEW.to_status;
    IF NOT FOUND OR (NEW.act = 'resume' AND NEW.to_status IS DISTINCT FROM last.from_status) THEN
        RAISE EXCEPTION 'illegal_transition: % leads not from % to %', NEW.act, NEW.from_status, NEW.to_status
            USING ERRCODE = 'check_violation';
    END IF;
    IF way.approver AND (NEW.approver_id IS NULL OR NEW.person_id IS NULL OR coalesce(NEW.reason, '') = '') THEN
        RAISE EXCEPTION 'approval_missing: % takes a reason and the approval of another person', NEW.act
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.act = 'dispatch' AND NEW.handler_id IS NULL THEN
        RAISE EXCEPTION 'handler_missing: an incident is dispatched to somebody' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.act = 'close' AND NEW.person_id = (
        SELECT s.person_id FROM incident_steps s WHERE s.incident_id = NEW.incident_id AND s.act = 'feedback'
        ORDER BY s.seq DESC LIMIT 1
    ) THEN
        RAISE EXCEPTION 'own_verification: who reported it as handled cannot verify it' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.due_at IS NOT NULL AND NEW.act NOT IN ('file', 'extend', 'resume') THEN
        RAISE EXCEPTION 'limit_moved: % sets no limit', NEW.act USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER check_step BEFORE INSERT ON incident_steps FOR EACH ROW WHEN (NEW.seq <> 1)
    EXECUTE FUNCTION check_incident_step();

CREATE FUNCTION take_incident_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    way incident_transitions;
BEGIN
    SELECT * INTO STRICT way FROM incident_transitions t
    WHERE t.act = NEW.act AND t.from_status = NEW.from_status AND t.to_status = NEW.to_status;
    UPDATE incidents SET
        status = NEW.to_status,
        steps = NEW.seq,
        due_at = coalesce(NEW.due_at, due_at),
        handler_id = coalesce(NEW.handler_id, handler_id),
        filed_at = CASE WHEN way.stamps = 'filed_at' THEN NEW.at ELSE filed_at END,
        dispatched_at = CASE WHEN way.stamps = 'dispatched_at' THEN NEW.at
                             WHEN 'dispatched_at' = ANY (way.clears) THEN NULL ELSE dispatched_at END,
        handled_at = CASE WHEN way.stamps = 'handled_at' THEN NEW.at
                          WHEN 'handled_at' = ANY (way.clears) THEN NULL ELSE handled_at END,
        closed_at = CASE WHEN way.stamps = 'closed_at' THEN NEW.at ELSE closed_at END
    WHERE id = NEW.incident_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER take_step AFTER INSERT ON incident_steps FOR EACH ROW WHEN (NEW.seq <> 1)
    EXECUTE FUNCTION take_incident_step();

CREATE FUNCTION check_incident_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() = 1 THEN  -- written by hand, not by a step
        RAISE EXCEPTION 'change_without_step: state, times, limit and handler of incident % change by its steps', OLD.code
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER check_change BEFORE UPDATE ON incidents FOR EACH ROW WHEN (
    (OLD.status, OLD.steps, OLD.accepted_at, OLD.filed_at, OLD.dispatched_at, OLD.due_at, OLD.handled_at, OLD.closed_at,
     OLD.handler_id)
    IS DISTINCT FROM
    (NEW.status, NEW.steps, NEW.accepted_at, NEW.filed_at, NEW.dispatched_at, NEW.due_at, NEW.handled_at, NEW.closed_at,
     NEW.handler_id)
) EXECUTE FUNCTION check_incident_change();

-- An import can be taken back while nobody has worked on its incidents; with an incident goes its first step.
CREATE FUNCTION check_incident_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.steps > 1 THEN
        RAISE EXCEPTION 'kept_record: somebody has worked on incident %; void it instead', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER check_gone BEFORE DELETE ON incidents FOR EACH ROW EXECUTE FUNCTION check_incident_gone();

CREATE FUNCTION refuse_incident_step_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM incidents WHERE id = OLD.incident_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'kept_record: % is only added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER is_kept BEFORE UPDATE OR DELETE ON incident_steps FOR EACH ROW
    EXECUTE FUNCTION refuse_incident_step_change();
