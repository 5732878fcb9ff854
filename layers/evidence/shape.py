"""What every fact of an evidence file is built on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["Moment", "Position", "Sha256", "Shape"]

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Position = tuple[float, float]
Moment = Annotated[datetime, AfterValidator(lambda at: at.astimezone(UTC))]  # whatever zone the session has


class Shape(BaseModel):
    """Base of the facts: no unknown member, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
