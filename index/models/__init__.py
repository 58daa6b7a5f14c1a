"""The models, bundled or set: how they are found, checked and loaded."""
