"""Events: what happened, who is notified of it, and the notices for each of these people."""
