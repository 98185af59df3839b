"""A newsletter with a frozen edition, scripted mail servers and workers, as the tests of the deliveries have them."""

from tests.integration.delivery.conftest import edition as frozen
from tests.integration.delivery.conftest import newsletter, scripted, worker_for

__all__ = ["frozen", "newsletter", "scripted", "worker_for"]
