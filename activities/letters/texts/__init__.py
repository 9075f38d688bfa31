"""The words of our letters, one module a language. No letter names a person or an address."""
