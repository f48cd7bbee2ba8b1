#!/bin/bash
# mount-userland ROOT CLOSURE: puts CLOSURE's userland under ROOT, for chroot and for boot.
set -euo pipefail
root=$1 closure=$2
mkdir -p "$root/usr"
# The link is resolved below ROOT, where the store is.
image=$root$(readlink "$root$closure/userland")/usr.squashfs
mount -t squashfs -o loop,ro "$image" "$root/usr"
for dir in bin lib lib64 sbin; do
    [ -e "$root/$dir" ] || ln -s "usr/$dir" "$root/$dir"
done
mkdir -p "$root"/{dev,proc,sys,run,tmp,etc,root,home,var,boot}
chmod 1777 "$root/tmp"
chmod 0700 "$root/root"
