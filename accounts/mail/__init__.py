"""Mail: written down with what causes it, sent by the worker, kept for a while."""
