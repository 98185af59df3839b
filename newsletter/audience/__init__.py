"""In: people who sign up, change their mind or leave. Out: the Subscribers who consented and are not suppressed."""
