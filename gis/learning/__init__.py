"""Teaching the change network: pictures with truth in, weights out. The only room that needs torch."""
