//! The graphical app.
