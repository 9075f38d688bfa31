"""Temporal workflows: they wait until something is due, keep commands in order, and have effects delivered."""
