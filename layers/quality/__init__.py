"""How good the detector is here: verdicts counted, and random samples of what it left out."""
