"""Where a language's own ways with dates and numbers differ from Django's."""
