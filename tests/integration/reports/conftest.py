"""A newsletter with a frozen edition, as the tests of the deliveries have it."""

from tests.integration.delivery.conftest import edition, newsletter

__all__ = ["edition", "newsletter"]
