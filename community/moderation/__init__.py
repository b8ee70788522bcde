"""Looking after what people write: reports, hiding, warning, suspending, sweeping; every act goes into the log."""
