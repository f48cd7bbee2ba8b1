# The root is empty: the userland comes from the store, then the system prepares itself on it.
closure=$(readlink /nixos-closure)
/sysroot/"$closure"/mount-userland /sysroot "$closure"
for kind in dev proc sys; do
    mount --bind "/$kind" "/sysroot/$kind"
done
chroot /sysroot "$closure/prepare-root"
# The change of roots moves these itself.
umount /sysroot/dev /sysroot/proc /sysroot/sys
