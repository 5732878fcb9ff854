"""Patrols, gas checks, construction sites and the problems that supervision found."""
