"""Which requirements a driver falls under, in what state, and why: the rules and what is read from them."""
