"""The New page: what is new for each watch, and what is watched."""
