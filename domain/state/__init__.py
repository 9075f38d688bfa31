"""What is known of one mediation: the events, their fold, and a decision while it is written."""
