# The root is empty: the userland comes from the store, then the system prepares itself on it.
closure=$(readlink /nixos-closure)
/sysroot/"$closure"/mount-userland /sysroot "$closure"
exec chroot /sysroot "$closure/prepare-root"
