"""What frameworks make of their own arguments: each call translated to an operator, or refused for its reason."""
