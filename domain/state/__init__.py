"""What is known of one mediation: the events, what they add up to, and the draft of what a command leads to."""
