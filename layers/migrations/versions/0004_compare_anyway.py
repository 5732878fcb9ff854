"""A flight whose alignment was lost can be compared anyway, by somebody and for a reason; the whole alignment is kept."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE surveys
    ADD COLUMN alignment JSONB,
    ADD COLUMN forced_by BIGINT,
    ADD COLUMN forced_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN forced_reason TEXT CONSTRAINT ck_surveys_forced_reason_given CHECK (forced_reason <> ''),
    ADD COLUMN forced_baseline_id BIGINT,
    ADD CONSTRAINT ck_surveys_forced_by_somebody
        CHECK (num_nulls(forced_by, forced_at, forced_reason, forced_baseline_id) IN (0, 4)),
    ADD CONSTRAINT fk_surveys_forced_by FOREIGN KEY (forced_by) REFERENCES people (id),
    ADD CONSTRAINT fk_surveys_forced_baseline_id FOREIGN KEY (forced_baseline_id) REFERENCES surveys (id);
CREATE INDEX ix_surveys_forced_by ON surveys (forced_by);
CREATE INDEX ix_surveys_forced_baseline_id ON surveys (forced_baseline_id);
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(STATEMENTS, execution_options={"no_parameters": True})
