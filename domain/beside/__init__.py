"""What may happen beside the stages, at any moment."""
