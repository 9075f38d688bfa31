"""The hands: everything that touches the outside, one module per partner or store."""
