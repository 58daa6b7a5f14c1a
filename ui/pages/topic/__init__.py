"""The Topic page: who said what about a topic, and when."""
