"""The audit: history and journal of a mediation against each other, and each against itself."""
