"""What Discord accepts, so that every request of the bot in every test can be held against it."""
