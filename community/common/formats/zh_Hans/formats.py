"""Simplified Chinese: months and days without zeros, digits in groups of three as everywhere in science."""

MONTH_DAY_FORMAT = "n月j日"
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
