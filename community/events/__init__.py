"""Events, who is to be notified of them, and the notices written for each."""
