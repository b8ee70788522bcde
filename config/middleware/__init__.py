"""Middleware that every request and every response passes."""
