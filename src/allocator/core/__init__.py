"""The nouns of a scenario and the one exact engine."""
