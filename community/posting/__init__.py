"""What every form of a member passes: the guard, limits, traps, refusals."""
