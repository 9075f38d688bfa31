"""Durable time, order and delivery: Temporal workflows that drive what the domain decides."""
