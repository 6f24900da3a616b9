"""Resources: one file is one BLUEPRINT."""
