"""Settings, from the environment and `.env`; with none set everything runs embedded."""

from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_PORT = Annotated[int, Field(ge=0, le=65535)]


def _named(name: str) -> AliasChoices:
    """Well-known variables go by their own names, without our prefix."""
    return AliasChoices(name, f"SUPPORT_GRAPH_{name}")


class Settings(BaseSettings):
    """Every field is described in `.env.example`."""

    model_config = SettingsConfigDict(
        env_prefix="SUPPORT_GRAPH_", env_file=".env", extra="ignore", populate_by_name=True
    )

    data: Path = Path(".support-graph")
    host: str = "127.0.0.1"
    port: _PORT = 8080
    workers: Annotated[int, Field(ge=0, le=256)] = 8
    max_body_bytes: Annotated[int, Field(ge=1024)] = 25 * 1024 * 1024
    fetch_private_addresses: bool = False
    log_level: str = "INFO"
    database_url: Annotated[SecretStr | None, Field(validation_alias=_named("DATABASE_URL"))] = None
    chroma_url: Annotated[str | None, Field(validation_alias=_named("CHROMA_URL"))] = None
