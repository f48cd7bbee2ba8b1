# create_directory STORAGE PATH USER GROUP MODE: PATH in the storage, new with the given owner
# and mode, and the mount point for it with those of what is stored.
create_directory() {
    local source=$1$2 target=$2
    if [ ! -d "$source" ]; then
        mkdir -p "$source"
        chown "$3:$4" "$source"
        chmod "$5" "$source"
    fi
    [ -d "$target" ] || mkdir -p "$target"
    # A mounted filesystem's own root is not ours to change.
    if ! mountpoint -q "$target"; then
        chown --reference="$source" "$target"
        chmod --reference="$source" "$target"
    fi
}
