"""Files kept for users: scenarios with their history, drafts, and the folder that holds them."""
