"""The part that remembers and publishes: database, API and pages. It never makes an outbound request."""
