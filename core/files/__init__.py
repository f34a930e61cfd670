"""Files of the product: safe write, the project file, journal, lock, recovery and the user's settings."""
