"""The register of evidence files: who took which, when, with what digests; each line chained to the one before."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE evidence_exports (
    number BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by TEXT NOT NULL,
    subject TEXT NOT NULL,
    code TEXT NOT NULL,
    subject_version INTEGER NOT NULL,
    manifest_sha256 TEXT NOT NULL,
    head_sha256 TEXT NOT NULL,
    previous TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    CONSTRAINT pk_evidence_exports PRIMARY KEY (number),
    CONSTRAINT ck_evidence_exports_number_positive CHECK (number > 0),
    CONSTRAINT ck_evidence_exports_subject CHECK (subject IN ('candidate')),
    CONSTRAINT ck_evidence_exports_made_by_given CHECK (made_by <> ''),
    CONSTRAINT ck_evidence_exports_manifest_sha256_hex CHECK (manifest_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_evidence_exports_head_sha256_hex CHECK (head_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_evidence_exports_previous_hex CHECK (previous ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_evidence_exports_sha256_hex CHECK (sha256 ~ '^[0-9a-f]{64}$')
);
CREATE INDEX ix_evidence_exports_subject_code ON evidence_exports (subject, code);
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(STATEMENTS, execution_options={"no_parameters": True})
