"""What an evaluation measured, and the page that shows it."""
