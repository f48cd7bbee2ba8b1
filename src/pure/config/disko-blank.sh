top=$(mktemp -d)
mount -t btrfs -o subvolid=5 "$device" "$top"
trap 'umount "$top"; rmdir "$top"' EXIT
if ! [ -e "$top/@BLANK@" ] && [ -z "$(ls -A "$top/@ROOT@")" ]; then
  btrfs subvolume snapshot -r "$top/@ROOT@" "$top/@BLANK@"
fi
