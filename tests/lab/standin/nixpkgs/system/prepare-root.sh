#!/bin/bash
# What NixOS's stage 2 does before it hands over to systemd.
set -euo pipefail
export PATH=/usr/sbin:/usr/bin
system=@system@
ln -sfn "$system" /run/booted-system
mkdir -p /var/log
"$system/activate" 2>&1 | tee /run/activation.log || echo "activation failed: see /run/activation.log" >&2
