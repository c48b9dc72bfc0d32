"""What an office's table says: a proposal, with what every row and column was taken for and why."""
