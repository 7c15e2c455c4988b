"""Taking back what was done last, by a ledger of the rows that it changed."""
