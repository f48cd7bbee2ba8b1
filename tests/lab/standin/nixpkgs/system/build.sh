# Builder of a system: writes the files, scripts and links that Nix worked out.
. "$NIX_ATTRS_SH_FILE"
out=${outputs[out]}
export PATH=$tools

# tree ROOT FILES LINKS EXECUTABLES: the last three are names of arrays.
tree() {
    local root=$1 name
    local -n tree_files=$2 tree_links=$3 tree_executables=$4
    for name in "${!tree_files[@]}"; do
        mkdir -p "$(dirname "$root/$name")"
        printf '%s' "${tree_files[$name]}" >"$root/$name"
    done
    for name in "${!tree_links[@]}"; do
        mkdir -p "$(dirname "$root/$name")"
        ln -s "${tree_links[$name]}" "$root/$name"
    done
    for name in "${tree_executables[@]}"; do
        chmod +x "$root/$name"
    done
}

mkdir "$out"
tree "$out" files links executables

segment=$PWD/segment
mkdir "$segment"
tree "$segment" initrdFiles initrdLinks initrdExecutables
# The kernel unpacks one archive after the other: this one stands before the prepared one.
(cd "$segment" && find . -print | sort | cpio -o -H newc -R 0:0 >"$out/initrd.cpio" 2>/dev/null)
