"""A real mail server."""

from tests.integration.delivery.conftest import peer

__all__ = ["peer"]
