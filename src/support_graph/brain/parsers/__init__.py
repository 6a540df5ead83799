"""One file a format: each turns decoded content into a title and sections."""
