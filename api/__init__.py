"""The API: JSON over HTTP. It asks the rules before it asks Temporal."""
