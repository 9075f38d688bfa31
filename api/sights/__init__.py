"""What each role sees: types and lists that name every field. What no sight names is shown to nobody."""
