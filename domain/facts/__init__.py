"""What a mediation is about: small values that know nothing of each other's use."""
