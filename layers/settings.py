"""The only reader of the environment. Every setting is ``CHENGTU_<NAME>``; README lists them all."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["ROOT", "Settings", "settings"]

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """How this installation differs from the default one.

    Field descriptions are the documentation: ``tests/layers/test_settings.py`` holds the README to them.
    """

    model_config = SettingsConfigDict(env_prefix="CHENGTU_", extra="ignore")

    database_url: str | None = Field(
        default=None,
        repr=False,  # it holds a password
        description="An existing PostGIS, as postgresql://user:password@host:port/name; "
        "unset: a private cluster is made and started",
    )
    home: Path = Field(
        default=ROOT / ".chengtu", description="Where flights, uploads and the private cluster are kept"
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the server listens on")
    workers: int = Field(default=1, ge=1, le=64, description="Server processes")
    jobs: int = Field(default=1, ge=1, le=64, description="Surveys processed side by side by one worker")
    dask_scheduler: str | None = Field(
        default=None,
        description="Address of a dask scheduler, as tcp://host:8786: its workers compare the flights; "
        "unset: the cores of this machine do",
    )
    demo: bool = Field(default=False, description="The demo district is loaded: pages say 演示数据")
    max_upload_gb: float = Field(default=64, gt=0, description="Largest file an upload may have, in GB")
    max_pixels: int = Field(
        default=4_000_000_000, gt=0, description="Largest raster accepted, in pixels (rows × columns)"
    )
    min_area_m2: float = Field(default=10, gt=0, description="Smallest suspicion reported, m²")
    least_confidence: float = Field(
        default=0.15, ge=0, le=1, description="Suspicions less likely than this are not reported, 0..1"
    )
    tianditu_key: SecretStr | None = Field(
        default=None, description="The bureau's own Tianditu key; unset: a plain ground under the layers"
    )
    tile_cache_mb: int = Field(
        default=64, ge=0, le=65536, description="Vector tiles that each server process keeps at hand, MB"
    )
    session_hours: float = Field(default=12, gt=0, description="Hours until a sign-in ends")
    secure_cookie: bool = Field(
        default=False, description="Send the session cookie over HTTPS only (set it behind a TLS proxy)"
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
