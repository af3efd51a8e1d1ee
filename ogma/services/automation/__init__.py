"""Use cases that follow from what happens: rules, levels, alerts, reminders, webhooks."""
