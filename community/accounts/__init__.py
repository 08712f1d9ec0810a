"""Accounts: identity, sign-in and preferences."""
