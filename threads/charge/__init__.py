"""Who pays for an emergency: declared without being one, asked about, confirmed by the customer, marked as billable."""
