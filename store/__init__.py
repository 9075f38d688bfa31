"""PostgreSQL, by named queries. Journal, lists and outbox change together, in one transaction."""
