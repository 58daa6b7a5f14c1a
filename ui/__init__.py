"""The command line and the browser conversation."""
