"""How letters are written out of the words of a language. No letter names a person or an address."""
