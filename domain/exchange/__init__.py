"""What passes between the rules and the rest: workflows, store, policy files, other systems, deliveries of figures."""
