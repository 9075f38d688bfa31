"""The stages of a mediation, each with what it opens on entry (`enter`) and what each answer does, in their order:

    readiness, origin             1  is the referral complete, the client ready, and from here?
    assessment                    2  is living independently best, and is the client entitled to a home?
    offer                         3  a place within the capacity, a dwelling, an offer
    acceptance, viewing, support  4  the client sees the dwelling and answers, the lease, support, the keys
    support_start                 5  the first contact at home
    follow_up, first_weeks        6  what the first weeks ask, and the call after three months
    conversion                    7  the lease comes in the client's own name, where the policy has it

A temporary lease has its own questions, from signing it (4) to the next home: `onward`.
"""
