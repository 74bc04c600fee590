"""How the sandbox's word vectors were made."""
