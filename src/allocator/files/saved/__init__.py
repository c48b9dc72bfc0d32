"""What users keep: scenarios with their history, drafts, and the folder that holds them."""
