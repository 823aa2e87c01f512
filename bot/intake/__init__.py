"""From a gateway event to a stored label: facts, lanes, looking, committing, catching up."""
