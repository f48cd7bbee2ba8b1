#!/bin/bash
# Brings the running root to the state that the configuration describes.
# A step that fails is named and the others still run, as in NixOS.
# shellcheck disable=SC2317 # what calls these functions is filled in by Nix
export PATH=/usr/sbin:/usr/bin
system=@system@
status=0
umask 0022

install -d -m 0755 /run /etc /var /var/empty /var/lib /home
ln -sfn "$system" /run/current-system

step() {
    local name=$1
    "step_$name" || { echo "Activation script snippet '$name' failed ($?)" >&2; status=1; }
}

step_etc() {
    cp -a /usr/share/factory/etc/. /etc/
    cp -a --remove-destination "$system/etc/." /etc/
    # The store's directories are read-only.
    (cd "$system/etc" && find . -type d -print0) | (cd /etc && xargs -0 chmod 0755)
    touch /etc/NIXOS
    ln -sfn /proc/mounts /etc/mtab
}

# id_of MAP NAME: the number that NAME had before, from NixOS's own record.
id_of() {
    [ ! -e "/var/lib/nixos/$1" ] || sed -n 's/.*"'"$2"'":\([0-9]*\).*/\1/p' "/var/lib/nixos/$1"
}

record_ids() {
    install -d -m 0755 /var/lib/nixos
    awk -F: 'BEGIN { printf "{" } { printf "%s\"%s\":%s", (NR > 1 ? "," : ""), $1, $3 } END { print "}" }' /etc/passwd >/var/lib/nixos/uid-map
    awk -F: 'BEGIN { printf "{" } { printf "%s\"%s\":%s", (NR > 1 ? "," : ""), $1, $3 } END { print "}" }' /etc/group >/var/lib/nixos/gid-map
}

step_groups() {
    local name gid
    while IFS=$'\t' read -r name gid; do
        [ "$gid" != - ] || gid=$(id_of gid-map "$name")
        if ! getent group "$name" >/dev/null; then
            # Debian may use the number for a group of its own.
            if [ -n "$gid" ] && ! getent group "$gid" >/dev/null; then
                groupadd -g "$gid" "$name" || return 1
            else
                groupadd -r "$name" || return 1
            fi
        fi
    done <"$system/groups"
}

step_users() {
    local name uid group groups home mode create normal shell description kind password hash
    while IFS=$'\t' read -r name uid group groups home mode create normal shell description kind password; do
        [ "$uid" != - ] || uid=$(id_of uid-map "$name")
        case $kind in
            file)
                if [ -e "$password" ]; then
                    hash=$(head -n 1 "$password")
                else
                    echo "warning: password file ‘$password’ does not exist" >&2
                    hash='!'
                fi ;;
            hash) hash=$password ;;
            plain) hash=$(openssl passwd -6 -stdin <<<"$password") ;;
            *) hash='!' ;;
        esac
        local known=()
        for g in ${groups//,/ }; do
            if getent group "$g" >/dev/null; then known+=("$g"); fi
        done
        local joined
        joined=$(IFS=,; echo "${known[*]}")
        if ! getent passwd "$name" >/dev/null; then
            local args=(-M -N -g "$group" -d "$home" -s "$shell" -c "$description")
            [ -z "$uid" ] || args+=(-u "$uid")
            [ "$normal" = 1 ] || args+=(-r)
            useradd "${args[@]}" "$name" || return 1
        fi
        [ -z "$joined" ] || usermod -G "$joined" "$name" || return 1
        printf '%s:%s\n' "$name" "$hash" | chpasswd -e || return 1
        if [ "$create" = 1 ]; then
            install -d -o "$name" -g "$group" -m "$mode" "$home" || return 1
        fi
    done <"$system/users"
    record_ids
}

@snippets@

exit "$status"
