"""Error pages: the responses to requests that fail or are refused."""
