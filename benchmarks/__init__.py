"""Benchmarks, which measure and never assert: `python -m benchmarks`. How to read them: docs/performance.md."""
