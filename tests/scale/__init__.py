"""Several worker hosts on one PostgreSQL and one Redis: network namespaces of this machine. Needs root (`make scale`)."""
