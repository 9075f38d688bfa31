"""Letters: what they say, by which channel they go, and what becomes of them."""
