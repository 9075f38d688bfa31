"""Pages for people: plain HTML that works without scripts, in Dutch and English."""
