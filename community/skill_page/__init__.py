"""What the community adds to the profile of a skill."""
