"""The page Help: twelve short tasks, each with its steps and pictures; the manual is made of the same."""
