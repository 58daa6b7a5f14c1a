"""The People page: everyone who speaks, and what one person said."""
