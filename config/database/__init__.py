"""How the site uses its databases: connections, waits, the cache in a table."""
