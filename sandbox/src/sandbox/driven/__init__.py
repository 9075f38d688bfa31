"""What tests and benchmarks drive the engine with: ordinary answers, sequences and webhooks drawn at random."""
