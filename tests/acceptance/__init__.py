"""The whole product against crashes, restarts and curious eyes."""
