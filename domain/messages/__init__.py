"""What goes in and out: answers, commands and effects."""
