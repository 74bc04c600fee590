"""What fields are compared with: days, numbers, choices, aspect ratios, words, in the notations that people write.

Each type of field has a judge that mends a condition or raises `Misfit`. Imports the filter language.
"""
