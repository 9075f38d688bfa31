"""What a municipality decides beforehand: its numbers, terms and forms, and how its file is read."""
