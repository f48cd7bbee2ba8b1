//! Nix values and their printed form.
