"""Who may give a command, and what it leads to."""
