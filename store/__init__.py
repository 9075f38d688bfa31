"""What is remembered: PostgreSQL by named queries. One transaction keeps journal, lists and outbox in step."""
