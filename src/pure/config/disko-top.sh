top=$(mktemp -d)
mount -t btrfs -o subvolid=5 "$device" "$top"
trap 'umount "$top"; rmdir "$top"' EXIT
