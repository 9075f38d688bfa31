"""The image, built without Docker: what it gets, how it is made, and that it starts."""
