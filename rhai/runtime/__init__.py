"""What compiled code calls while it runs: operators, access, counting, places of errors."""
