"""The documents: what they tell to type works as it stands there."""
