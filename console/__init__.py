"""What the `mediation` command can do: a module for each subject, with its commands. `cli` joins them."""
