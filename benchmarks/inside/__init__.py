"""Parts of the benchmarks that use models; `site.run_inside` runs them in a process where Django is set up."""
