"""What an operator is: expressions, formulas, sizes, and how they are read and written."""
