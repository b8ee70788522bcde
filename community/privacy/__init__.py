"""The community's part of a person's data: exported to a file, and erased with the account."""
