-- A case moves by steps, and the database holds every step to the table of transitions, whoever writes it.
--
-- The rules stand in layers/cases/rules.py; case_transitions is filled from them on every migrate. A step is only
-- added, as the next of its case and from the state that the case is in. A case says the state and the number of its
-- last step: at once when it is changed, and at the end of the transaction when it or a step is new.

DROP FUNCTION IF EXISTS check_case_step() CASCADE;
DROP FUNCTION IF EXISTS check_case_change() CASCADE;
DROP FUNCTION IF EXISTS check_case_whole() CASCADE;
DROP FUNCTION IF EXISTS check_deadline() CASCADE;
DROP FUNCTION IF EXISTS period_is_over(bigint, text, date);
DROP FUNCTION IF EXISTS is_working_day(date);

-- Null for a year without data: nothing is lawful on a day of which nothing is known.
CREATE FUNCTION is_working_day(asked date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM calendar_days WHERE extract(year FROM day) = extract(year FROM asked))
        THEN coalesce((SELECT kind = 'workday' FROM calendar_days WHERE day = asked), extract(isodow FROM asked) < 6)
    END
$$;

-- The period as it was counted last has run out, and was opened after the document that it belongs to was made.
CREATE FUNCTION period_is_over(of_case bigint, wanted text, today date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT d.settled AND d.ends_on < today AND d.step_seq > coalesce((
            SELECT max(s.seq) FROM case_steps s WHERE s.case_id = of_case AND s.act = CASE wanted
                WHEN 'hearing' THEN 'notify' WHEN 'demand' THEN 'demand' ELSE 'decide' END
        ), 0)
        FROM case_deadlines d WHERE d.case_id = of_case AND d.kind = wanted ORDER BY d.id DESC LIMIT 1
    ), false)
$$;

CREATE FUNCTION check_case_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last case_steps;
    way case_transitions;
    waiting text;
    today date := (NEW.at AT TIME ZONE 'Asia/Shanghai')::date;
    starts timestamp;
    ends timestamp;
BEGIN
    PERFORM FROM cases WHERE id = NEW.case_id FOR UPDATE;  -- two officers take turns
    SELECT * INTO last FROM case_steps WHERE case_id = NEW.case_id ORDER BY seq DESC LIMIT 1;
    IF NEW.seq <> coalesce(last.seq, 0) + 1 OR NEW.from_status IS DISTINCT FROM last.to_status OR NEW.at < last.at THEN
        RAISE EXCEPTION 'step_out_of_turn: step % of case % does not follow its last step', NEW.seq, NEW.case_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.at > clock_timestamp() + interval '1 minute' THEN
        RAISE EXCEPTION 'step_in_the_future: %', NEW.at USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO way FROM case_transitions t
    WHERE t.act = NEW.act AND t.from_status IS NOT DISTINCT FROM NEW.from_status AND t.to_status = NEW.to_status;
    IF NOT FOUND OR (NEW.act = 'resume' AND NEW.to_status <> last.from_status) THEN
        RAISE EXCEPTION 'illegal_transition: % leads not from % to %', NEW.act, NEW.from_status, NEW.to_status
            USING ERRCODE = 'check_violation';
    END IF;
    IF way.approver AND (NEW.approver_id IS NULL OR NEW.person_id IS NULL OR coalesce(NEW.reason, '') = '') THEN
        RAISE EXCEPTION 'approval_missing: % takes a reason and the approval of another person', NEW.act
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.act = 'file' AND NOT EXISTS (
        SELECT FROM site_checks c JOIN cases k ON k.id = NEW.case_id
        WHERE c.id = NEW.site_check_id AND c.conclusion = 'violation' AND c.checked_at <= NEW.at
          AND c.illegal_building_id IS NOT DISTINCT FROM k.illegal_building_id
    ) THEN
        RAISE EXCEPTION 'site_check_missing: nothing is filed before somebody was there' USING ERRCODE = 'check_violation';
    END IF;
    SELECT kind INTO waiting FROM unnest(way.waits_for) AS kind
    WHERE NOT period_is_over(NEW.case_id, kind, today) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'period_runs: % must wait for the period %', NEW.act, waiting USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.act = 'demolish' THEN
        starts := (NEW.details ->> 'started_at')::timestamptz AT TIME ZONE 'Asia/Shanghai';
        ends := (NEW.details ->> 'ended_at')::timestamptz AT TIME ZONE 'Asia/Shanghai';
        IF NOT coalesce(starts < ends AND starts::date = ends::date AND starts::time >= '06:00' AND ends::time <= '22:00'
                        AND is_working_day(starts::date), false) THEN
            RAISE EXCEPTION 'unlawful_time: no demolition at night or on a day off' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER check_step BEFORE INSERT ON case_steps FOR EACH ROW EXECUTE FUNCTION check_case_step();

CREATE FUNCTION check_case_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM (SELECT seq, to_status FROM case_steps WHERE case_id = NEW.id ORDER BY seq DESC LIMIT 1) AS last
        WHERE last.seq = NEW.steps AND last.to_status = NEW.status
    ) THEN
        RAISE EXCEPTION 'status_without_step: case % cannot become % without its step', NEW.id, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER check_change AFTER UPDATE ON cases FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.steps IS DISTINCT FROM NEW.steps)
    EXECUTE FUNCTION check_case_change();

CREATE FUNCTION check_case_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked bigint;
BEGIN
    IF TG_TABLE_NAME = 'cases' THEN asked := NEW.id; ELSE asked := NEW.case_id; END IF;
    IF EXISTS (
        SELECT FROM cases c
        LEFT JOIN LATERAL (
            SELECT seq, to_status FROM case_steps WHERE case_id = c.id ORDER BY seq DESC LIMIT 1
        ) AS last ON true
        WHERE c.id = asked AND (last.seq IS DISTINCT FROM c.steps OR last.to_status IS DISTINCT FROM c.status)
    ) THEN
        RAISE EXCEPTION 'status_without_step: case % is not where its last step led', asked USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER check_whole AFTER INSERT ON cases DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_case_whole();
CREATE CONSTRAINT TRIGGER check_whole AFTER INSERT ON case_steps DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_case_whole();

-- A period of the party is counted from a service, or from an announcement, that is on record.
CREATE FUNCTION check_deadline() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind IN ('hearing', 'perform', 'review', 'suit', 'demand') AND NOT EXISTS (
        SELECT FROM case_services WHERE case_id = NEW.case_id AND effective_on <= NEW.counted_from
          AND document = CASE NEW.kind WHEN 'hearing' THEN 'notice' WHEN 'demand' THEN 'demand' ELSE 'decision' END
    ) THEN
        RAISE EXCEPTION 'period_without_service: nothing was served that the period % could count from', NEW.kind
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER check_deadline BEFORE INSERT ON case_deadlines FOR EACH ROW EXECUTE FUNCTION check_deadline();

DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['case_steps', 'case_services', 'case_deadlines', 'site_checks'] LOOP
        EXECUTE format('CREATE TRIGGER is_kept BEFORE UPDATE OR DELETE ON %I FOR EACH ROW '
                       'EXECUTE FUNCTION refuse_change()', kept);
    END LOOP;
END
$$;
