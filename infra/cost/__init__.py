"""What an environment costs a month: the program's own resources times a dated price file."""
