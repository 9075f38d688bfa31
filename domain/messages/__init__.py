"""What goes in and out: answers, commands, events and effects."""
