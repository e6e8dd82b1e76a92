"""The book of theorems."""
