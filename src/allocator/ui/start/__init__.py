"""The folder of Streamlit's script; beside ``pages`` Streamlit would take each module there for a page."""
