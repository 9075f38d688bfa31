"""The language and the rules of direct mediation: pure functions over frozen data, in nine wings.

Each wing imports only from those before it:

    facts      small frozen values: dates and terms, organisations, referral, dwelling, tasks, clocks, rules by name
    policy     what a municipality decides beforehand: its numbers, terms and forms
    messages   answers, commands, effects
    state      the events, what is known of one mediation by them, and the draft of what a command leads to
    steps      what several stages do alike: hear, end, hand over, look for a place
    stages     the stages of a mediation, each with what it opens on entry and what each answer does
    beside     what may happen beside the stages, at any moment
    decide     who may give a command, and what it leads to
    exchange   what passes to and from others: the store, auditors, a policy's file, others' systems

What stands beneath a class or a field is also what the description of the API says of it (`api.explained`): write it
for readers of that, too. How to change something, and where ten rules live: docs/change.md.
"""
