"""What stands beside a conversation: held and suspected mail, and side conversations with third parties."""
