"""Tables of people, their roles, divisions and sign-ins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, LargeBinary, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from layers.columns import Key, not_negative, reference
from layers.database import Base
from layers.people.rules import Role
from layers.places.model import Division

__all__ = ["Person", "PersonDivision", "PersonRole", "SignIn"]

_GRANTED = ", ".join(f"'{each.value}'" for each in Role if each is not Role.PUBLIC)


class Person(Base):
    """Somebody who can sign in. ``name`` is the sign-in name; passwords are kept as argon2id hashes only."""

    __tablename__ = "people"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(
        Text, CheckConstraint("name ~ '^[a-z][a-z0-9_.-]{1,39}$'", name="name_format"), unique=True
    )
    display_name: Mapped[str] = mapped_column(
        Text, CheckConstraint("display_name <> ''", name="display_name_given")
    )
    password_hash: Mapped[str] = mapped_column(
        Text, CheckConstraint("password_hash ~ '^[$]argon2id[$]'", name="password_hash_argon2id")
    )
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    failed_attempts: Mapped[int] = not_negative("failed_attempts", default=0)
    locked_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    organisation_id: Mapped[int | None] = reference("organisations")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    synthetic: Mapped[bool] = mapped_column(server_default=text("false"))

    roles: Mapped[list[PersonRole]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    divisions: Mapped[list[Division]] = relationship(secondary="person_divisions", lazy="selectin")


class PersonRole(Base):
    """A role somebody holds."""

    __tablename__ = "person_roles"

    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(
        Text, CheckConstraint(f"role IN ({_GRANTED})", name="role"), primary_key=True
    )


class PersonDivision(Base):
    """A division somebody is responsible for."""

    __tablename__ = "person_divisions"

    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    division_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("divisions.id"), primary_key=True)


class SignIn(Base):
    """An open sign-in. The token itself is never stored, only its SHA-256."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_sha256"),
        CheckConstraint("expires_at > created_at", name="expiry"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = reference("people", ondelete="CASCADE")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
