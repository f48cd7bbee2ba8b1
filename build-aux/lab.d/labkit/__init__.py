"""The modules behind build-aux/lab."""
