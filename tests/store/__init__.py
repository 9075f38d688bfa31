"""What is remembered, on a real PostgreSQL."""
