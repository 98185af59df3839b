"""What every stage may lean on: signed links, our own letters, the Redis connection."""
