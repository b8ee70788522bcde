"""Pages of the structure of the skills: roles, domains, groups, frameworks."""
