"""What people do together: watch, suggest, review, discuss, moderate, be notified."""
