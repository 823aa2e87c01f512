"""What an event means for what is stored: decided purely, the same way for whatever road it came."""
