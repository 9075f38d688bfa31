"""The six stages. Each module says what a stage opens on entry, what each answer does, and what follows."""
