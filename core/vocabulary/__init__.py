"""The words of the product as plain data: emotions, labels, images, facts, changes, calls, errors."""
