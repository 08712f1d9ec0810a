"""Simplified Chinese: months and days without leading zeros, digits in groups of three as in scientific text."""

MONTH_DAY_FORMAT = "n月j日"
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
