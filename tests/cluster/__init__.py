"""Three replicas behind nginx, with Redis, as they would be deployed; all on this machine, for as long as a test."""
