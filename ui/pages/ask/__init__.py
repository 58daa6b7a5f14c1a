"""The Ask page: a conversation."""
