"""What Discord shows: the client, the command tree, views, replies, commands."""
