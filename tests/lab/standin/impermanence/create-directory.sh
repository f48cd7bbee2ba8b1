# create_directory STORAGE PATH USER GROUP MODE: PATH in the storage, new with the given owner
# and mode, and a new mount point for it with those of what is stored.
create_directory() {
    local source=$1$2 target=$2
    # At boot that is every parent: nothing forked for them.
    if [ -d "$source" ] && [ -d "$target" ]; then
        return
    fi
    if [ ! -d "$source" ]; then
        mkdir -p "$source"
        chown "$3:$4" "$source"
        chmod "$5" "$source"
    fi
    if [ ! -d "$target" ]; then
        mkdir -p "$target"
        chown --reference="$source" "$target"
        chmod --reference="$source" "$target"
    fi
}
