top=/run/old-roots-cleanup
days=14

mkdir -p "$top"
mount -t btrfs -o subvolid=5 "$device" "$top"
trap 'umount "$top" && rmdir "$top"' EXIT

# The directory of a subvolume always has inode number 256.
is_old_root() {
  [ -d "$1" ] && [ "$(stat --format=%i "$1")" = 256 ]
}

# With the subvolumes that something made in it, however deep.
remove() {
  # What is read-only can't lose the subvolumes in it.
  find "$1" -type d -inum 256 -exec btrfs property set -f {} ro false \;
  # Innermost first.
  find "$1" -depth -type d -inum 256 -exec btrfs subvolume delete {} +
}

latest=
latest_time=
for root in "$top"/old-roots/*; do
  if ! is_old_root "$root"; then
    continue
  fi
  time=$(stat --format=%Y "$root")
  if [ -z "$latest" ] || [ "$time" -gt "$latest_time" ]; then
    latest=$root
    latest_time=$time
  fi
done

now=$(date +%s)
status=0
for root in "$top"/old-roots/*; do
  if ! is_old_root "$root" || [ "$root" = "$latest" ]; then
    continue
  fi
  time=$(stat --format=%Y "$root")
  if [ $((now - time)) -gt $((days * 24 * 60 * 60)) ]; then
    remove "$root" || status=1
  fi
done
exit "$status"
