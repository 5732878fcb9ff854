"""Structures are followed from flight to flight, candidates are ranked, and say which model found them."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KINDS = """
ALTER TABLE candidates DROP CONSTRAINT ck_candidates_kind;
ALTER TABLE candidates ADD CONSTRAINT ck_candidates_kind
    CHECK (kind IN ('new', 'demolished', 'extended', 'rebuilt', 'changed'));
ALTER TABLE sightings DROP CONSTRAINT ck_sightings_kind;
ALTER TABLE sightings ADD CONSTRAINT ck_sightings_kind
    CHECK (kind IN ('new', 'demolished', 'extended', 'rebuilt', 'changed'));
"""

CANDIDATES = """
ALTER TABLE candidates
    ADD CONSTRAINT ck_candidates_method CHECK (method IN ('learned', 'surface', 'fused', 'difference')),
    ADD COLUMN model TEXT,
    ADD COLUMN threshold DOUBLE PRECISION,
    ADD COLUMN follows_id BIGINT,
    ADD COLUMN priority DOUBLE PRECISION DEFAULT 0 NOT NULL,
    ADD COLUMN known_structure BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN dismissed TEXT
        CONSTRAINT ck_candidates_dismissed CHECK (dismissed IN ('permitted', 'rejected_before')),
    ADD COLUMN dismissed_for_id BIGINT,
    ADD COLUMN put_back_by BIGINT,
    ADD COLUMN put_back_at TIMESTAMP WITH TIME ZONE,
    ADD CONSTRAINT ck_candidates_threshold_share CHECK (threshold BETWEEN 0 AND 1),
    ADD CONSTRAINT ck_candidates_priority_share CHECK (priority BETWEEN 0 AND 1),
    ADD CONSTRAINT ck_candidates_put_back_by_somebody CHECK ((put_back_by IS NULL) = (put_back_at IS NULL)),
    ADD CONSTRAINT fk_candidates_follows_id
        FOREIGN KEY (follows_id) REFERENCES candidates (id) ON DELETE SET NULL,
    ADD CONSTRAINT fk_candidates_dismissed_for_id
        FOREIGN KEY (dismissed_for_id) REFERENCES candidates (id) ON DELETE SET NULL,
    ADD CONSTRAINT fk_candidates_put_back_by FOREIGN KEY (put_back_by) REFERENCES people (id);
CREATE INDEX ix_candidates_follows_id ON candidates (follows_id);
CREATE INDEX ix_candidates_dismissed_for_id ON candidates (dismissed_for_id);
CREATE INDEX ix_candidates_put_back_by ON candidates (put_back_by);
-- Until the next flight ranks them the old ones keep their old order; a rank is no new version
ALTER TABLE candidates DISABLE TRIGGER USER;
UPDATE candidates SET priority = confidence;
ALTER TABLE candidates ENABLE TRIGGER USER;
"""

# The growth rule is that of layers/candidates/follow.py on the day of this migration
SIGHTINGS = """
ALTER TABLE sightings
    ADD COLUMN state TEXT CONSTRAINT ck_sightings_state CHECK (state IN ('appeared', 'grew', 'unchanged', 'gone')),
    ADD COLUMN found geometry(MULTIPOLYGON,4490),
    ADD COLUMN height_change_m DOUBLE PRECISION,
    ADD COLUMN method TEXT
        CONSTRAINT ck_sightings_method CHECK (method IN ('learned', 'surface', 'fused', 'difference')),
    ADD COLUMN model TEXT,
    ADD COLUMN threshold DOUBLE PRECISION,
    ADD CONSTRAINT ck_sightings_threshold_share CHECK (threshold BETWEEN 0 AND 1),
    ADD CONSTRAINT ck_sightings_found_valid CHECK (ST_IsValid(found));
WITH told AS (
    SELECT g.id, g.kind, g.geom, c.method, c.height_change_m, g.area_m2,
           lag(g.area_m2) OVER (PARTITION BY g.candidate_id ORDER BY s.flown_on, s.id) AS area_before
    FROM sightings AS g JOIN candidates AS c ON c.id = g.candidate_id JOIN surveys AS s ON s.id = g.survey_id
)
UPDATE sightings AS g
SET found = told.geom, method = told.method, height_change_m = told.height_change_m,
    state = CASE WHEN told.kind = 'demolished' THEN 'gone' WHEN told.area_before IS NULL THEN 'appeared'
                 WHEN told.area_m2 - told.area_before > greatest(5, 0.1 * told.area_before) THEN 'grew'
                 ELSE 'unchanged' END
FROM told WHERE told.id = g.id;
ALTER TABLE sightings ALTER COLUMN state SET NOT NULL, ALTER COLUMN method SET NOT NULL;
"""


def upgrade() -> None:
    for statements in (KINDS, CANDIDATES, SIGHTINGS):
        op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
