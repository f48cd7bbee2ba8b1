#!/bin/bash
# switch-to-configuration boot: systemd-boot and an entry for each generation and kernel on the ESP.
set -euo pipefail
export PATH=/usr/sbin:/usr/bin
esp=@esp@
profiles=/nix/var/nix/profiles

if [ "${1:-}" != boot ]; then
    echo "Usage: $0 [boot]" >&2
    exit 1
fi
if ! [ -e /etc/NIXOS ]; then
    echo "This is not a NixOS installation!" >&2
    exit 1
fi
if [ "$(stat -f -c %T "$esp")" != msdos ]; then
    echo "File system \"$esp\" is not a FAT EFI System Partition (ESP) file system." >&2
    exit 1
fi

# put SOURCE… NAME: the sources in one file, complete under its name or not there at all.
put() {
    local name=${*: -1} target
    target=$esp/EFI/nixos/$name
    [ -e "$target" ] && return
    cat -- "${@:1:$#-1}" >"$target.tmp"
    mv "$target.tmp" "$target"
}
key() { basename "$(readlink -f "$1")" | cut -c 1-32; }

mkdir -p "$esp"/EFI/{BOOT,systemd,nixos} "$esp"/loader/entries
loader=/usr/lib/systemd/boot/efi/systemd-bootx64.efi
cp "$loader" "$esp/EFI/systemd/systemd-bootx64.efi"
cp "$loader" "$esp/EFI/BOOT/BOOTX64.EFI"
echo type1 >"$esp/loader/entries.srel"
[ -e "$esp/loader/random-seed" ] || head -c 32 /dev/urandom >"$esp/loader/random-seed"

# entries SYSTEM NUMBER NAME: one for each kernel, for the generation itself or a specialisation of it.
entries() {
    local system=$1 number=$2 name=$3 kernel entry console files initrd
    # What two systems have in common is there once.
    initrd=$(sha256sum <"$system/initrd.cpio" | cut -c 1-32)
    for kernel in debian uml; do
        entry=nixos-generation-$number${name:+-specialisation-$name}
        case $kernel in
            debian) console=ttyS0,115200 ;;
            uml) entry=$entry-uml console=ttyS0 ;;
        esac
        files=$(readlink "$system/kernels/$kernel")
        put "$files/kernel" "$(key "$files")-linux-$kernel.efi"
        put "$system/initrd.cpio" "$files/initrd" "$initrd-initrd-$kernel.efi"
        cat >"$esp/loader/entries/$entry.conf" <<ENTRY
title NixOS${name:+ ($name)}
sort-key nixos
version Generation $number $(cat "$system/nixos-version") ($kernel)
linux /EFI/nixos/$(key "$files")-linux-$kernel.efi
initrd /EFI/nixos/$initrd-initrd-$kernel.efi
options init=$system/init $(cat "$system/kernel-params") console=$console standin.shell=ttyS1
ENTRY
    done
}

for link in "$profiles"/system-*-link; do
    number=${link##*/system-}
    number=${number%-link}
    # The path as the store names it, not through the profile.
    system=$(readlink "$link")
    entries "$system" "$number" ''
    for special in "$system"/specialisation/*; do
        [ -L "$special" ] || continue
        entries "$(readlink "$special")" "$number" "${special##*/}"
    done
done
current=$(readlink "$profiles/system")
current=${current##*system-}
cat >"$esp/loader/loader.conf" <<CONF
@timeout@default nixos-generation-${current%-link}.conf
@editor@console-mode @consoleMode@
CONF
sync -f "$esp"
