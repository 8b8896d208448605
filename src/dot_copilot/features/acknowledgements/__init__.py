"""What a carrier has its drivers acknowledge: forms in versions, and signatures, which are evidence."""
