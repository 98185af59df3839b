"""Loaded before Django's settings (`-p tests.environment`): each test process gets a folder, keys and ports of its own."""

import os
import socket
import tempfile
from pathlib import Path


def free_port() -> int:
    """A loopback TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _set(**settings: str) -> None:
    for name, value in settings.items():
        os.environ[name] = value


def _folder_of_this_process() -> str:
    folder = Path(tempfile.mkdtemp(prefix="wici-tests-"))
    (folder / "static").mkdir()  # whitenoise warns of a folder that is missing, and warnings are errors
    return str(folder)


for _name in ("REDIS_URL", "SMTP_URL", "PORT", "ALLOWED_HOSTS", "SECRET_KEY_FALLBACKS", "EMAIL_BACKEND", "LOG_LEVEL"):
    os.environ.pop(_name, None)  # what is set outside is no business of the tests; DATABASE_URL chooses the database
for _name in [name for name in os.environ if name.startswith(("SENDER_", "ANYMAIL_"))]:
    os.environ.pop(_name)
_set(
    VAR_DIR=_folder_of_this_process(),
    SECRET_KEY="a key for tests that opens nothing",
    SUPPRESSION_PEPPER="a pepper for tests",
    SITE_URL="http://127.0.0.1:8000",
    EMBEDDED_REDIS_PORT=str(free_port()),
    CATCHER_PORT=str(free_port()),
    DEBUG="1",
    DEFAULT_LANGUAGE="pl",
    TIME_ZONE="Europe/Warsaw",
)
