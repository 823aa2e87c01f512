"""The questions that we ask a model: their words, their schemas, and how their answers are parsed.

All words that a model reads stand in this package and nowhere else; each question has a version, and a
parser that rejects what a rule or an answer may not contain.
"""
