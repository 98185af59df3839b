"""`make bench`."""

from tests.benchmarks.sending import main

main()
