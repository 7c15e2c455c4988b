"""Who is told, and when, as the time for an answer runs out: ladders, the people on call, and the steps that were taken."""
