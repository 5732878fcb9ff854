"""Photographs of incidents."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE incident_photographs (
    incident_id BIGINT NOT NULL,
    photograph_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_incident_photographs PRIMARY KEY (incident_id, photograph_id),
    CONSTRAINT fk_incident_photographs_incident_id FOREIGN KEY(incident_id) REFERENCES incidents (id) ON DELETE CASCADE,
    CONSTRAINT fk_incident_photographs_photograph_id FOREIGN KEY(photograph_id) REFERENCES photographs (id)
);
CREATE INDEX ix_incident_photographs_photograph_id ON incident_photographs (photograph_id);
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(STATEMENTS, execution_options={"no_parameters": True})
