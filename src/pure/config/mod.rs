//! The generated configuration.
