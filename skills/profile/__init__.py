"""The profile of a skill: what is expected of each role at each level."""
