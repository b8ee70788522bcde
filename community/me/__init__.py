"""What is a member's own: their start page, and what their public profile shows of the community."""
