"""The Discord shell: a thin disnake client over the services."""
