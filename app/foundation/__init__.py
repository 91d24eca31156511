"""What every room stands on: money, clock, errors, keys, Redis, jobs, paging, mail; no business rule."""
