"""The site as a whole: settings, addresses, error pages, health, the worker."""
