"""What must be gone is gone, to the last byte."""
