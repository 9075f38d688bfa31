"""What is known of one mediation: the fold of its events, and a decision while it is written."""
