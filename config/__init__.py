"""The site as a whole: settings, URLs, error pages, health check, worker."""
