"""What uses the models of the measured site; `site.run_inside` runs it where Django is set up."""
