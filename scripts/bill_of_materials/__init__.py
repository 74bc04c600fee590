"""Bill of materials: what an installation brings, under which licences, and with which known faults."""
