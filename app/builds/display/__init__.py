"""What pages show of builds, read for them; nothing here changes one.

history       all builds as a list
queue         the planned ones as a list
searching     builds found by number, name or SKU
choosing      what can be built, for somebody who starts a build
page          one build, as finished values
components    its lines with their products and lots, its cost lines, its timeline
panel         a product's last builds, on the product's own page
words         states, numbers and days in people's words
"""
