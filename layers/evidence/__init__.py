"""The evidence file: what is known of a suspicion, packed so that anybody can check that nothing was changed."""
