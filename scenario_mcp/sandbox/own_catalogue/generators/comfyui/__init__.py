"""Graphs of ComfyUI, as they ran and as the editor keeps them: walked from the output back to the sampler.

Imports the modules of `generators` that read values. Nodes are told by the names of their inputs, not by their own:
anyone can write nodes, and the names of inputs are what they share.
"""
