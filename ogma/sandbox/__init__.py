"""A loopback Discord to run the bot against: REST, gateway, attachments and a control API.

It stands alone: nothing here knows the rest of Ogma, and the bot cannot tell that it is not
talking to Discord.
"""

from __future__ import annotations

import logging

# SimCord brings a client that gives advice (voice, intents) as soon as it is imported.
logging.getLogger("discord").setLevel(logging.ERROR)
