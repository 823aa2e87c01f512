"""Prompt optimisers of others, as they are distributed, over the same questions, gateway and cap as all methods.

They search for a whole text. What a text is scored by is ours, or figures could not be compared: the frozen header
with the text as its notes, and the hit on a label. Their packages are in `requirements-peers.lock`.
"""
