"""What Feelprint knows: emotions, labels, images, prompts, the model, predicting, tuning, budgets, consent.

It imports neither discord nor any database package; what it needs of the outside it states as
protocols in `core.ports`.
"""
