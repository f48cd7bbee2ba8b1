"""What can happen on the way through the window, each in a module of its own."""
