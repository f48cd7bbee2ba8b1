
# is_old PLACE TIME: the place among all, newest first, and when it was in use last.
is_old() {
  [ $((now - $2)) -gt $((days * 24 * 60 * 60)) ]
}

