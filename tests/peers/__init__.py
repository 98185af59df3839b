"""Real counterparts on loopback: scripted SMTP peers, the Redis-protocol server, process groups."""
