if ! [ -e "$top/@BLANK@" ] && [ -z "$(ls -A "$top/@SUBVOLUME@")" ]; then
  btrfs subvolume snapshot -r "$top/@SUBVOLUME@" "$top/@BLANK@"
fi
