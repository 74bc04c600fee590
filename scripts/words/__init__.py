"""Makes the sandbox's word vectors."""
