-- Nobody is his own second pair of eyes, and no candidate is settled before the second has looked where the bureau
-- asks for that (review_settings): held by the database, whoever writes. The rules stand in layers/candidates/second.py.

DROP FUNCTION IF EXISTS standing_verdicts(bigint) CASCADE;
DROP FUNCTION IF EXISTS check_review() CASCADE;
DROP FUNCTION IF EXISTS check_second_eyes() CASCADE;

-- The verdicts on a candidate that nobody took back.
CREATE FUNCTION standing_verdicts(asked bigint) RETURNS SETOF reviews LANGUAGE sql STABLE AS $$
    SELECT r FROM reviews AS r
    WHERE r.candidate_id = asked AND r.verdict IN ('accept', 'reject')
      AND NOT EXISTS (SELECT FROM reviews AS u WHERE u.undoes_id = r.id)
    ORDER BY r.id
$$;

CREATE FUNCTION check_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM candidates WHERE id = NEW.candidate_id FOR UPDATE;  -- two reviewers take turns
    IF NEW.verdict IN ('accept', 'reject')
       AND EXISTS (SELECT FROM standing_verdicts(NEW.candidate_id) AS r WHERE r.person_id = NEW.person_id) THEN
        RAISE EXCEPTION 'same_person: person % has judged candidate % already', NEW.person_id, NEW.candidate_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.undoes_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM reviews WHERE id = NEW.undoes_id AND candidate_id = NEW.candidate_id) THEN
        RAISE EXCEPTION 'undoes_another: review % is not of candidate %', NEW.undoes_id, NEW.candidate_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER check_review BEFORE INSERT ON reviews FOR EACH ROW EXECUTE FUNCTION check_review();

CREATE FUNCTION check_second_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted text := CASE NEW.status WHEN 'accepted' THEN 'accept' ELSE 'reject' END;
BEGIN
    IF EXISTS (
        SELECT FROM review_settings AS s
        WHERE s.second_eyes = 'all' OR (s.second_eyes = 'accepted' AND NEW.status = 'accepted')
           OR (s.second_eyes = 'large' AND NEW.area_m2 >= s.second_area_m2)
    ) AND (SELECT count(DISTINCT r.person_id) FROM standing_verdicts(NEW.id) AS r WHERE r.verdict = wanted) < 2 THEN
        RAISE EXCEPTION 'second_eyes_missing: candidate % becomes % only when two people say so', NEW.id, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER check_second_eyes AFTER UPDATE OF status ON candidates FOR EACH ROW
    WHEN (NEW.status IN ('accepted', 'rejected') AND NEW.status IS DISTINCT FROM OLD.status)
    EXECUTE FUNCTION check_second_eyes();
CREATE TRIGGER check_second_eyes_of_new AFTER INSERT ON candidates FOR EACH ROW
    WHEN (NEW.status IN ('accepted', 'rejected'))
    EXECUTE FUNCTION check_second_eyes();
