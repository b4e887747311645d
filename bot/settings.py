"""What the host decides: read from the environment and from a `.env` file, once, by the composition root."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from bot.errors import SettingsError
from bot.language import nearest

DEFAULT_DATABASE_URL = "sqlite:///studybot.db"
DOTENV = Path(".env")
"""The file in the current folder that may hold settings; the environment's come first."""


class Settings(BaseModel):
    """The host's settings.

    `token` is the bot's (DISCORD_TOKEN); `database_url` says where the state lives (DATABASE_URL):
    `sqlite:///studybot.db` or `postgresql+asyncpg://user:password@host/name`. Neither is shown by repr. `language` is
    what everyone reads, whatever they set (LANGUAGE): a locale as Discord writes it, such as "de" or "es-419".
    """

    model_config = ConfigDict(extra="ignore", frozen=True, validate_by_name=True)

    token: SecretStr | None = Field(default=None, alias="DISCORD_TOKEN", repr=False)
    database_url: str = Field(default=DEFAULT_DATABASE_URL, alias="DATABASE_URL", repr=False)
    language: str | None = Field(default=None, alias="LANGUAGE")

    @field_validator("language")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        """A desktop's own LANGUAGE, for gettext ("de_AT:de"), chooses nothing; any other unknown one is wrong."""
        if not value or set("_:.") & set(value):
            return None
        if nearest(value) == "en" and value.partition("-")[0] != "en":
            raise ValueError(value)
        return value

    def require_token(self) -> str:
        """The bot's token; raises SettingsError, which says where to get one, if there is none."""
        token = self.token.get_secret_value().strip() if self.token else ""
        if not token:
            ignored = " (there is a .env here, but it isn't a file)" if DOTENV.exists() and not DOTENV.is_file() else ""
            raise SettingsError(
                "DISCORD_TOKEN is not set. Create a bot at https://discord.com/developers/applications, copy its "
                f"token, and put DISCORD_TOKEN=… into the environment or a file named .env here{ignored}.\n"
                "No token yet? `studybot demo` runs the same bot in your browser without one."
            )
        return token

    def client_id(self) -> int:
        """The application's id, which a token begins with; raises SettingsError if this one does not."""
        first = self.require_token().partition(".")[0]
        try:
            return int(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
        except ValueError as error:
            raise SettingsError(
                "DISCORD_TOKEN does not look like a bot token (three parts with dots between them), so I cannot tell "
                "the application's id from it. Give it with --client-id; it is on the application's first page."
            ) from error


def read_settings() -> Settings:
    """The settings of this process; raises SettingsError, which names the variable, if one is wrong."""
    try:
        return Settings.model_validate(_dotenv() | dict(os.environ))
    except ValidationError as error:
        names = ", ".join(str(details["loc"][0]) for details in error.errors())
        raise SettingsError(f"{names} cannot be read; see the README for what it may hold") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env cannot be read: {error}") from error


def _dotenv() -> dict[str, str | None]:
    """What the file .env here holds. Only a file is read: opening a named pipe would wait for a writer."""
    return dotenv_values(DOTENV, interpolate=False, encoding="utf-8") if DOTENV.is_file() else {}
