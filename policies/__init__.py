"""The policy files of the municipalities: one TOML file per municipality and version."""
