"""What `manage.py up` says once everything answers."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model

from newsletter.running.folder import demo_password

RULE = "-" * 78


def addresses() -> str:
    """Where everything is, for the terminal."""
    inbox = (
        f"{settings.SITE_URL}/inbox/   every mail Wici sends lands here"
        if settings.CATCHING_MAIL
        else "mail leaves by SMTP_URL"
    )
    lines = {"Site": f"{settings.SITE_URL}/", "Admin": f"{settings.SITE_URL}/admin/   {_login()}", "Inbox": inbox}
    if demo_password(folder=settings.VAR_DIR):
        lines[""] = "the same password lets in demo-second: two people approve what is sensitive"
    body = "\n".join(f"    {name:<7}{text}" for name, text in lines.items())
    return f"\n{RULE}\n  Wici is ready. Ctrl-C stops everything.\n\n{body}\n{RULE}\n"


def _login() -> str:
    password = demo_password(folder=settings.VAR_DIR)
    if password:
        return f"log in as demo with {password}"
    if not get_user_model().objects.exists():
        return "make a person first: .venv/bin/python manage.py createsuperuser"
    return ""
