"""What pages cost, measured and never asserted on: `python -m benchmarks`. How to read it: docs/performance.md."""
