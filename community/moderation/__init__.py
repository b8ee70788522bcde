"""Moderation of what people write: reports, hiding, warning, suspending, sweeping; every action is logged."""
