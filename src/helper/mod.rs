//! The privileged side: carries out typed requests as root.
