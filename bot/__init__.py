"""What people touch: Discord, the command line, the offline demo. The only place that imports discord."""
