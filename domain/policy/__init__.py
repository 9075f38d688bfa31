"""What a municipality decides beforehand: its numbers, terms and forms."""
