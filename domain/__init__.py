"""The language and the rules of direct mediation: pure functions over frozen data."""
