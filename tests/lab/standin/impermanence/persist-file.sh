# persist_file PATH STORED METHOD: a bind mount where there is something stored, a link to
# where it will be where there isn't.
persist_file() {
    local path=$1 stored=$2 method=$3
    if [ -L "$path" ] && [ "$(readlink "$path")" = "$stored" ]; then
        return 0
    elif mountpoint -q "$path"; then
        return 0
    elif [ -s "$path" ]; then
        echo "A file already exists at $path!" >&2
        return 1
    elif [ "$method" = symlink ]; then
        rm -f "$path"
        ln -s "$stored" "$path"
    elif [ -e "$stored" ]; then
        touch "$path"
        mount -o bind "$stored" "$path"
    elif [ "$path" = /etc/machine-id ]; then
        # systemd replaces this word by an id at the first boot.
        echo uninitialized >"$stored"
        touch "$path"
        mount -o bind "$stored" "$path"
    else
        rm -f "$path"
        ln -s "$stored" "$path"
    fi
}
failed=0
