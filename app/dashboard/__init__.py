"""The start page: what needs this person, how things stand, what to do next."""
