"""The site's own fonts: cut once from the wheels that carry them, served by us, named by their content."""
