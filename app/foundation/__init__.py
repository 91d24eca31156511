"""What every room stands on: money, clock, errors, keys, Redis, jobs, lists, pages, mail; no business rule.

lists       pages of many rows: searched, filtered, sorted, paged, downloaded
pages       what a page is drawn with: formats, forms, cells, icons, charts, navigation, error pages
background  jobs, the workers that do them, processes and threads of our own
commands    what `flask` can be told beside what the rooms add
embedded    PostgreSQL and Redis that come along
"""
