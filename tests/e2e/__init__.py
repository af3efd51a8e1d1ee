"""The whole of Ogma: the bot and a Discord as processes of their own, on real files."""
