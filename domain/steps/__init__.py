"""What several stages do alike: hear, end, hand over, look for a place."""
