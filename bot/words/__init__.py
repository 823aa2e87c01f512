"""Every sentence that a person reads. Reasons, numbers and records come in; text goes out."""
