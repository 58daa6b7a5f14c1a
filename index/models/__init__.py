"""The models that come with the installation or are set, and how they are loaded."""
