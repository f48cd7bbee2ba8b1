top=/run/rollback-$name
aside=

complain() {
  # The number in front marks an error in the journal.
  echo "<3>rollback: $1" >&2
}

put_new_root_in_place() {
  mv --no-target-directory "$top/$name-new" "$top/$name"
}

# Runs at the end, whatever happened: there is a root when it is through.
finish() {
  status=$?
  if [ ! -e "$top/$name" ] && [ -e "$top/$name-new" ] && put_new_root_in_place; then
    status=0
  fi
  if [ ! -e "$top/$name" ] && [ -n "$aside" ]; then
    mv --no-target-directory "$aside" "$top/$name" || true
  fi
  if [ ! -e "$top/$name" ]; then
    complain "There is no $name left. The system starts with a new, empty one."
    btrfs subvolume create "$top/$name" || true
  fi
  if umount "$top"; then
    rmdir "$top" || true
  else
    complain "$top can't be unmounted."
  fi
  if [ "$status" -ne 0 ]; then
    complain "THE ${name^^} WAS NOT ROLLED BACK. The system starts with what is on it."
  fi
  exit "$status"
}

mkdir -p "$top"
mount -t btrfs -o subvolid=5 "$device" "$top"
trap finish EXIT

# A new root that an interrupted boot left behind is as good as another: a snapshot is
# there whole or not at all, and only this script gives it its place.
if [ ! -e "$top/$name-new" ]; then
  if [ ! -e "$top/$name-blank" ]; then
    complain "The blank snapshot $name-blank is missing."
    exit 1
  fi
  btrfs subvolume snapshot "$top/$name-blank" "$top/$name-new"
fi

if [ -e "$top/$name" ]; then
  mkdir -p "$top/old-${name}s"
  # Its age counts from now on, unless the clock is plainly wrong.
  now=$(date +%s)
  changed=$(stat --format=%Y "$top/$name")
  if [ "$now" -ge "$changed" ]; then
    touch --no-create "$top/$name" || true
  fi
  # The clock may be wrong or stand still, so the date alone does not make a name unique.
  date=$(date +%Y-%m-%d_%H-%M-%S)
  number=1
  while [ -e "$top/old-${name}s/$date.$number" ]; do
    number=$((number + 1))
  done
  aside="$top/old-${name}s/$date.$number"
  mv --no-target-directory "$top/$name" "$aside"
fi
put_new_root_in_place
