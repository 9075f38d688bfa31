"""The commands of `mediation`, in a module for each subject. `cli` puts them together."""
