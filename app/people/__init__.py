"""The people of the workspace: who they are, how they sign in, what each role may do.

A **member** is a user who set a password: the first one through the set-up page, everybody else through
an invitation. Each has one **role**; exactly one is the **Owner** (ACC-1, ACC-2, ACC-8). A **permission**
is a key that views ask for; a role's permissions are the defaults of `permissions.py` with what the
workspace changed.
"""
