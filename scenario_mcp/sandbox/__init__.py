"""A stand-in for Scenario's API: its search wire contract over an embedded sample catalogue."""
