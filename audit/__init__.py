"""What lets others check us: replay of every history, its story, and a search for personal data where none may be."""
