"""In: an approved Edition. Out: Delivery rows, one per mailing and subscriber, each in exactly one state."""
