# Runs as root in a live guest with the installed disk: plants the decoy on it, then looks at every file.
#   disk.sh SERIAL PASSPHRASE SECRETS-AS-JSON DECOY
set -euo pipefail
disk=/dev/$(lsblk -dno NAME,SERIAL | awk -v serial="$1" '$2 == serial { print $1 }')
printf %s "$2" | cryptsetup open --key-file - "${disk}3" hunted
mkdir -p /run/hunted /run/hunted-esp
mount -o subvolid=5 /dev/mapper/hunted /run/hunted
mount "${disk}1" /run/hunted-esp
printf 'x %s' "$4" > /run/hunted/persist/planted
printf 'x %s' "$4" > /run/hunted-esp/planted
printf %s "$4" | dd of="${disk}2" bs=4096 seek=1000 conv=notrunc status=none
echo "@volume=$(printf '%s\n' "$3" | python3 -B /srv/hunt/search.py tree /run/hunted)"
# The initial ramdisk is packed; what is in it counts.
mkdir /run/hunted-initrd
number=0
find /run/hunted-esp -type f -iname '*initrd*' | while read -r packed; do
  number=$((number + 1))
  zstd -dcq "$packed" > "/run/hunted-initrd/$number" 2> /dev/null || gzip -dc "$packed" > "/run/hunted-initrd/$number" 2> /dev/null ||
    xz -dc "$packed" > "/run/hunted-initrd/$number" 2> /dev/null || cp "$packed" "/run/hunted-initrd/$number"
done
echo "@initrds=$(find /run/hunted-initrd -type f -size +1M | wc -l)"
echo "@initrd=$(printf '%s\n' "$3" | python3 -B /srv/hunt/search.py tree /run/hunted-initrd)"
echo "@esp=$(printf '%s\n' "$3" | python3 -B /srv/hunt/search.py tree /run/hunted-esp)"
echo "@hash=$(find /run/hunted/persist/passwords -type f -printf '%P %m %u %g ')$(cut -c1-3 /run/hunted/persist/passwords/*)"
echo "@folder=$(stat -c '%a %U' /run/hunted/persist/passwords)"
printf %s "$2" | cryptsetup luksDump --dump-volume-key --batch-mode --key-file - "${disk}3" --volume-key-file /run/volume-key > /dev/null
echo "@key=$(od -An -tx1 -v /run/volume-key | tr -d ' \n')"
echo "@key-in-esp=$(python3 -B - /run/volume-key /run/hunted-esp /run/hunted-initrd <<'P'
import os, sys
key = open(sys.argv[1], "rb").read()
found = [os.path.join(folder, name) for top in sys.argv[2:] for folder, _, names in os.walk(top) for name in names
         if key in (data := open(os.path.join(folder, name), "rb").read()) or key.hex().encode() in data]
print(" ".join(found))
P
)"
sync
umount /run/hunted /run/hunted-esp
cryptsetup close hunted
