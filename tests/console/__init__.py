"""The `mediation` command as somebody types it."""
