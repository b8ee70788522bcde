"""Comments on skills, cells and suggestions."""
