"""iWmo 3.2: the messages that municipalities and care providers exchange about support (iStandaarden, Ketenbureau).

`codes`, `grammar`, `xml_parse`, `xml_build`, `messages`, `retour` and `judgement` are the language: pure, without input
or output. `transport` sends messages; `outgoing`, `reception` and `incoming` make them, take them in and act on them.
"""
