"""Files of payments, and of the rules for them."""
