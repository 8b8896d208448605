"""Whatever decodes a stranger's file does it in a process with bounds on memory, time and output, and no secrets around it."""
