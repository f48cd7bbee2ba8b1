# The rollback: every boot starts from a fresh copy of the blank snapshot.
# Written by Snowmelt 0.1.0 and yours from now on.
# To undo it, take this file out of the imports of configuration.nix.
{ pkgs, ... }:
{
  # The default since NixOS 26.05, and what the service below is for.
  boot.initrd.systemd.enable = true;

  # Moves the root aside, as old-roots/DATE at the top level of the filesystem, and puts a
  # snapshot of root-blank into its place. The power may go at any moment: whatever is left
  # then, the next boot comes up with a root.
  boot.initrd.systemd.services.rollback = {
    description = "Roll the root back to its blank snapshot";

    # Not requiredBy: when it fails, a system on the old root is better than none. The failure
    # is shown on the console, and in the journal.
    wantedBy = [ "initrd.target" ];

    requires = [ "dev-mapper-enc.device" ];

    # local-fs-pre.target comes after the attempt to resume from hibernation. A rollback
    # before it would change the filesystem under the system that wakes up.
    after = [
      "dev-mapper-enc.device"
      "systemd-cryptsetup@enc.service"
      "local-fs-pre.target"
    ];

    before = [ "sysroot.mount" ];
    unitConfig.DefaultDependencies = false;

    # Should the initrd be run through again, the root in use must not be moved.
    unitConfig.ConditionPathIsMountPoint = "!/sysroot";

    unitConfig.ConditionKernelCommandLine = "!rollback.skip";
    serviceConfig.Type = "oneshot";
    serviceConfig.RemainAfterExit = true;
    serviceConfig.StandardError = "journal+console";
    script = ''
      device=/dev/mapper/enc
      name=root
      top=/run/rollback-$name
      aside=

      complain() {
        # The number in front marks an error in the journal.
        echo "<3>rollback: $1" >&2
      }

      put_new_root_in_place() {
        mv --no-target-directory "$top/$name-new" "$top/$name"
      }

      # Runs at the end, whatever happened: there is a root when it is through.
      finish() {
        status=$?
        if [ ! -e "$top/$name" ] && [ -e "$top/$name-new" ] && put_new_root_in_place; then
          status=0
        fi
        if [ ! -e "$top/$name" ] && [ -n "$aside" ]; then
          mv --no-target-directory "$aside" "$top/$name" || true
        fi
        if [ ! -e "$top/$name" ]; then
          complain "There is no $name left. The system starts with a new, empty one."
          btrfs subvolume create "$top/$name" || true
        fi
        if umount "$top"; then
          rmdir "$top" || true
        else
          complain "$top can't be unmounted."
        fi
        if [ "$status" -ne 0 ]; then
          complain "THE ''${name^^} WAS NOT ROLLED BACK. The system starts with what is on it."
        fi
        exit "$status"
      }

      mkdir -p "$top"
      mount -t btrfs -o subvolid=5 "$device" "$top"
      trap finish EXIT

      # A new root that an interrupted boot left behind is as good as another: a snapshot is
      # there whole or not at all, and only this script gives it its place.
      if [ ! -e "$top/$name-new" ]; then
        if [ ! -e "$top/$name-blank" ]; then
          complain "The blank snapshot $name-blank is missing."
          exit 1
        fi
        btrfs subvolume snapshot "$top/$name-blank" "$top/$name-new"
      fi

      if [ -e "$top/$name" ]; then
        mkdir -p "$top/old-''${name}s"
        # Its age counts from now on, unless the clock is plainly wrong.
        now=$(date +%s)
        changed=$(stat --format=%Y "$top/$name")
        if [ "$now" -ge "$changed" ]; then
          touch --no-create "$top/$name" || true
        fi
        # The clock may be wrong or stand still, so the date alone does not make a name unique.
        date=$(date +%Y-%m-%d_%H-%M-%S)
        number=1
        while [ -e "$top/old-''${name}s/$date.$number" ]; do
          number=$((number + 1))
        done
        aside="$top/old-''${name}s/$date.$number"
        mv --no-target-directory "$top/$name" "$aside"
      fi
      put_new_root_in_place
    '';
  };

  # An entry of the boot menu that keeps the root this once: the services above see the
  # kernel parameter. It shares the kernel and all else, and costs a second evaluation at each
  # rebuild; remove it to do without.
  specialisation.keep-root-once.configuration.boot.kernelParams = [ "rollback.skip" ];

  # Deletes old roots when so many days have passed; the latest one always stays. To look
  # into them, mount the device below with -o subvolid=5.
  systemd.services.old-roots-cleanup = {
    description = "Delete old roots";
    path = [
      pkgs.btrfs-progs
      pkgs.util-linux
    ];
    serviceConfig.Type = "oneshot";

    # The mount in the script is seen by nobody else.
    serviceConfig.PrivateMounts = true;

    serviceConfig.CPUSchedulingPolicy = "idle";
    serviceConfig.IOSchedulingClass = "idle";
    script = ''
      device=/dev/mapper/enc
      places=old-roots
      days=14

      # is_old PLACE TIME: the place among all, newest first, and when it was in use last.
      is_old() {
        [ $((now - $2)) -gt $((days * 24 * 60 * 60)) ]
      }

      top=/run/old-roots-cleanup

      mkdir -p "$top"
      mount -t btrfs -o subvolid=5 "$device" "$top"
      trap 'umount "$top" && rmdir "$top"' EXIT

      # Newest first. The directory of a subvolume always has inode number 256.
      old_roots() {
        if [ -d "$1" ]; then
          find "$1" -mindepth 1 -maxdepth 1 -type d -inum 256 -printf '%T@ %p\0' | LC_ALL=C sort -z -r -g
        fi
      }

      # With the subvolumes that something made in it, however deep.
      remove() {
        # What is read-only can't lose the subvolumes in it.
        find "$1" -type d -inum 256 -exec btrfs property set -f {} ro false \;
        # Innermost first.
        find "$1" -depth -type d -inum 256 -exec btrfs subvolume delete {} +
      }

      now=$(date +%s)
      status=0
      for kept in $places; do
        place=0
        while read -r -d ''' time root; do
          place=$((place + 1))
          if [ "$place" -gt 1 ] && is_old "$place" "''${time%.*}"; then
            remove "$root" || status=1
          fi
        done < <(old_roots "$top/$kept")
      done
      exit "$status"
    '';
  };

  systemd.timers.old-roots-cleanup = {
    wantedBy = [ "timers.target" ];
    timerConfig.OnBootSec = "15min";
    timerConfig.OnUnitActiveSec = "1d";
  };
}
