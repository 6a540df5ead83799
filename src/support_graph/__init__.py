"""A customer-support assistant that learns from its own people."""
