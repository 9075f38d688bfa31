"""The stages of a mediation, readiness to conversion, each with what it opens on entry and what each answer does."""
