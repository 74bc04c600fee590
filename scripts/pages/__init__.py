"""The parts of README.md and docs/ that are made of the code."""
