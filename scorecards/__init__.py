"""The part that decides: pure functions over evidence; no network, database, web framework, broker or clock."""
