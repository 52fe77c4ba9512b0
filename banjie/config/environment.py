"""All settings that come from the environment, checked once at start.

The table in `docs/operations.md` is generated from `Environment`; a test keeps the two equal.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails

PROJECT_ROOT = Path(__file__).resolve().parents[2]
_SHORTEST_SECRET = 32
_SHORTEST_TOKEN = 16
_INTERNAL = {"BANJIE_SUPERVISED"}
_IN_WORDS = {
    "int_parsing": "write a whole number",
    "bool_parsing": "write 1 or 0",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "string_too_short": "at least {min_length} characters",
}


class Environment(BaseModel):
    """What an operator may set. Every field is read from the variable of its alias; those without repr hold secrets and are never printed."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    home: Annotated[Path, Field(alias="BANJIE_HOME", description="Folder for the embedded database, uploads and generated secrets.")] = (
        PROJECT_ROOT / "var"
    )
    database_url: Annotated[
        str,
        Field(
            alias="DATABASE_URL",
            repr=False,
            description="postgresql://user:password@host:port/name of a PostgreSQL 15 or newer. Unset: an embedded server under BANJIE_HOME.",
        ),
    ] = ""
    secret_key: Annotated[
        str,
        Field(
            alias="BANJIE_SECRET_KEY",
            repr=False,
            min_length=_SHORTEST_SECRET,
            description="Signs sessions and tokens; at least 32 characters. Unset: generated at the first start and kept under BANJIE_HOME.",
        ),
    ] = ""
    chain_key: Annotated[
        str,
        Field(
            alias="BANJIE_CHAIN_KEY",
            repr=False,
            min_length=_SHORTEST_SECRET,
            description="Key of the timeline's hash chain; at least 32 characters. Unset: generated at the first start and kept under BANJIE_HOME. Keep a copy off the machine.",
        ),
    ] = ""
    host: Annotated[str, Field(alias="BANJIE_HOST", description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(alias="BANJIE_PORT", ge=0, le=65535, description="Port of pages and REST; 0 takes a free one.")] = 8000
    live_port: Annotated[
        int, Field(alias="BANJIE_LIVE_PORT", ge=0, le=65535, description="Port of the live-update process; 0 takes a free one.")
    ] = 0
    live_url: Annotated[
        str,
        Field(
            alias="BANJIE_LIVE_URL",
            description="Public address of the live-update process when a reverse proxy serves it, e.g. https://desk.example/events. Unset: same host, BANJIE_LIVE_PORT.",
        ),
    ] = ""
    allowed_hosts: Annotated[
        str, Field(alias="BANJIE_ALLOWED_HOSTS", description="Comma-separated host names under which the site is reached.")
    ] = "127.0.0.1,localhost,[::1]"
    https: Annotated[bool, Field(alias="BANJIE_HTTPS", description="The site is reached through HTTPS: cookies become secure-only.")] = (
        False
    )
    debug: Annotated[bool, Field(alias="BANJIE_DEBUG", description="Show tracebacks in the browser. Never on a reachable machine.")] = False
    time_zone: Annotated[str, Field(alias="BANJIE_TIME_ZONE", description="Time zone in which people read times and days begin.")] = (
        "Asia/Shanghai"
    )
    web_workers: Annotated[int, Field(alias="BANJIE_WEB_WORKERS", ge=1, le=64, description="Web processes.")] = 2
    web_threads: Annotated[int, Field(alias="BANJIE_WEB_THREADS", ge=1, le=64, description="Threads in each web process.")] = 2
    workers: Annotated[int, Field(alias="BANJIE_WORKERS", ge=1, le=64, description="Job and deadline worker processes.")] = 1
    upload_limit: Annotated[int, Field(alias="BANJIE_UPLOAD_LIMIT", ge=1024, description="Largest attachment in bytes.")] = 20 * 1024 * 1024
    email_url: Annotated[
        str,
        Field(alias="BANJIE_EMAIL_URL", repr=False, description="smtp://user:password@host:port or smtps://...; unset: no e-mail is sent."),
    ] = ""
    email_from: Annotated[str, Field(alias="BANJIE_EMAIL_FROM", description="Sender of e-mail notifications.")] = "banjie@localhost"

    sms_token: Annotated[
        str,
        Field(
            alias="BANJIE_SMS_TOKEN",
            repr=False,
            min_length=_SHORTEST_TOKEN,
            description="Secret shared with the gateway, which signs every message; at least 16 characters.",
        ),
    ] = ""
    sms_url: Annotated[
        str,
        Field(
            alias="BANJIE_SMS_URL",
            repr=False,
            description="Gateway that takes text messages, e.g. https://sms.example/send (see Text messages); unset: none is written or sent.",
        ),
    ] = ""

    @field_validator("sms_url")
    @classmethod
    def _gateway(cls, value: str, before: ValidationInfo) -> str:
        parts = urlsplit(_with_port(value))
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
            raise ValueError("write a whole address without user and password, e.g. https://sms.example/send")
        if not before.data.get("sms_token"):
            raise ValueError("needs BANJIE_SMS_TOKEN, the secret that is shared with the gateway, of at least 16 characters")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as unknown:
            raise ValueError(f"{value!r} is no IANA time zone; write e.g. Asia/Shanghai") from unknown
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres_only(cls, value: str) -> str:
        if not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("must start with postgresql:// (Banjie runs on PostgreSQL only)")
        if not urlsplit(_with_port(value)).path.strip("/"):
            raise ValueError("must end with the name of the database, as in postgresql://user:password@host:5432/banjie")
        return value

    @field_validator("email_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if not value.startswith(("smtp://", "smtps://")) or not urlsplit(_with_port(value)).hostname:
            raise ValueError("write smtp://user:password@host:port or smtps://user:password@host:port")
        return value

    @field_validator("live_url")
    @classmethod
    def _page_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or not urlsplit(_with_port(value)).hostname:
            raise ValueError("write a whole address, e.g. https://desk.example/events")
        return value


class BadEnvironment(SystemExit):
    """A setting is wrong: the process ends with one line for each."""


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """Read and check the settings; empty variables count as unset.

    Raises:
        BadEnvironment: with one readable line per wrong variable, which holds no secret.
    """
    given = {name: value for name, value in (os.environ if variables is None else variables).items() if value != ""}
    try:
        return Environment.model_validate(given)
    except ValidationError as wrong:
        lines = [f"banjie: wrong setting {_complaint(error)}" for error in wrong.errors()]
        raise BadEnvironment("\n".join(lines)) from wrong


def unknown_settings(variables: Mapping[str, str]) -> list[str]:
    """Return the variables that look like settings and are none: most likely a slip of the pen."""
    known = {field.alias for field in Environment.model_fields.values()} | _INTERNAL
    return sorted(name for name in variables if name.startswith("BANJIE_") and name not in known)


def _complaint(error: ErrorDetails) -> str:
    name = str(error["loc"][0])
    about = error.get("ctx", {})
    said = str(about["error"]) if "error" in about else _IN_WORDS.get(error["type"], error["msg"]).format(**about)
    hidden = any(field.alias == name and not field.repr for field in Environment.model_fields.values())
    return f"{name}: {said}" + ("" if hidden else f" (now: {error['input']!r})")


def _with_port(url: str) -> str:
    """Return `url` if its port is a number that a port may have."""
    try:
        _port = urlsplit(url).port
    except ValueError as wrong:
        raise ValueError("the port must be a number up to 65535; special characters in a password are written as %XX") from wrong
    return url


def kept_secret(env: Environment, name: str) -> str:
    """Return a secret from the environment, or the one generated at the first start.

    Two processes may start at once: the file is created exclusively, and the loser reads the winner's.
    """
    value: Any = getattr(env, name)
    if value:
        return str(value)
    folder = env.home / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / f"{name}.json"
    if not file.exists():
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        draft.write_bytes(orjson.dumps({name: secrets.token_urlsafe(48)}))
        draft.chmod(0o600)
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return str(orjson.loads(file.read_bytes())[name])
