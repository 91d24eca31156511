"""What every room stands on: money, clock, errors, keys, Redis, jobs, paging, mail. No business rule lives here."""
