"""The catalogue: frameworks, domains, groups, roles, levels, skills, requirements."""
