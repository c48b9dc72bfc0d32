"""The script that Streamlit runs for every visitor."""

from allocator.ui.main import main

if __name__ == "__main__":
    main()
