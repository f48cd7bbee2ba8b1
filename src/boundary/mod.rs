//! What touches the world: UDisks2, the machine, commands, files, the helper.
