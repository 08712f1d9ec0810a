"""Web fonts: subset once from installed packages, self-hosted, named by content hash."""
