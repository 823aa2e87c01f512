"""What a self-hoster runs: the command line, the bot's process, the doctor, explanations, evaluation."""
