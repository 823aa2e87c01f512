"""The machine that we run on: settings, logs, the model's address, small files of the bot's own."""
