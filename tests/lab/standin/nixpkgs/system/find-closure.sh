# Takes the system to boot from the kernel command line, as NixOS's unit of this name does.
closure=
for o in $(< /proc/cmdline); do
    case $o in
        init=*) closure=${o#init=} ;;
    esac
done
if [ -z "$closure" ]; then
    echo 'No init= parameter on the kernel command line' >&2
    exit 1
fi
closure=$(dirname "$closure")
if ! [ -x "/sysroot$closure/prepare-root" ]; then
    echo "$closure does not look like a NixOS installation" >&2
    exit 1
fi
ln --symbolic "$closure" /nixos-closure
