//! Runs a plan through the boundary.
