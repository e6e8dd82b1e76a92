"""What a derivation is: statements, rules, steps that check themselves."""
