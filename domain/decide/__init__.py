"""The rules run here, once: who may give a command, and what it leads to."""
