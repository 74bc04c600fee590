"""Commands of the command line, one module each: options, and what it runs. Only the one that is typed is loaded."""
