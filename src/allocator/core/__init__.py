"""The parts of a scenario and the one exact engine."""
