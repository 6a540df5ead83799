"""Language models and embedders, one file a vendor; `base` says what the desk asks of them."""
