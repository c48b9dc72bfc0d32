"""Where Streamlit starts: beside ``pages`` it would take each of those for a script of its own."""
