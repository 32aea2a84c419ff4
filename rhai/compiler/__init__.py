"""From the tree of a script to Python code objects."""
