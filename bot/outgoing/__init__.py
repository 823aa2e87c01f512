"""What the bot does on Discord by itself: emojis under new pictures, notices to members. Nothing waits for it."""
