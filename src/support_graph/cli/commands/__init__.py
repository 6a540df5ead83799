"""What can be typed: arguments, options and their help, and nothing that takes long to import."""
