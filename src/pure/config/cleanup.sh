top=/run/old-roots-cleanup

mkdir -p "$top"
mount -t btrfs -o subvolid=5 "$device" "$top"
trap 'umount "$top" && rmdir "$top"' EXIT

# Newest first. The directory of a subvolume always has inode number 256.
old_roots() {
  if [ -d "$1" ]; then
    find "$1" -mindepth 1 -maxdepth 1 -type d -inum 256 -printf '%T@ %p\0' | LC_ALL=C sort -z -r -g
  fi
}

# With the subvolumes that something made in it, however deep.
remove() {
  # What is read-only can't lose the subvolumes in it.
  find "$1" -type d -inum 256 -exec btrfs property set -f {} ro false \;
  # Innermost first.
  find "$1" -depth -type d -inum 256 -exec btrfs subvolume delete {} +
}

now=$(date +%s)
status=0
for kept in $places; do
  place=0
  while read -r -d '' time root; do
    place=$((place + 1))
    if [ "$place" -gt 1 ] && is_old "$place" "${time%.*}"; then
      remove "$root" || status=1
    fi
  done < <(old_roots "$top/$kept")
done
exit "$status"
