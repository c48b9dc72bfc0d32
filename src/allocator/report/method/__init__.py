"""The method, step by step, with a scenario's own figures."""
