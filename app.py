from allocator.ui.main import main

main()
