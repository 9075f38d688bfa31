"""The six stages of a mediation, each with what it opens on entry and what each answer does."""
