
# is_old PLACE TIME: the place among all, newest first, and when it was in use last.
is_old() {
  [ "$1" -gt "$count" ]
}

