"""What lets others check us: replay of every history and a search for personal data where none may be."""
