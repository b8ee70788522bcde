"""What orders the skills: roles, domains, groups, frameworks."""
