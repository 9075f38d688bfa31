"""The proof that the process is sound under a policy: every state it can reach, explored with the rules that run."""
