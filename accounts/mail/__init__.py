"""Mail: queued in the transaction that causes it, sent by the worker, deleted after a while."""
