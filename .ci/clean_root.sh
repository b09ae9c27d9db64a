# Clean roots of a Debian release, made with debootstrap. Sourced by .ci/fresh and .ci/package, which
# set `part` (who speaks) and run at the top of the tree; it sets their traps.
#
# FRESH_DIR   where roots are made (build/fresh); each is removed when the script ends
# Without root or debootstrap it says SKIPPED and ends with 0, as that says nothing about the code.

skip() { echo "$part: SKIPPED $*"; exit 0; }

this_release() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }
other_release() { [ "$(this_release)" = trixie ] && echo bookworm || echo trixie; }

mirror_of_debian() {
  local found
  found=$(awk '$1 == "URIs:" && $2 !~ /security/ { print $2; exit }
               $1 == "deb" && $2 ~ /debian\/?$/ { print $2; exit }' \
          /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null || true)
  echo "${found:-http://deb.debian.org/debian}"
}

mounts=(dev/pts dev sys proc)
roots=()
close_roots() {
  local root place
  for root in ${roots[@]+"${roots[@]}"}; do
    for place in "${mounts[@]}"; do
      mountpoint -q "$root/$place" && { umount "$root/$place" || umount -l "$root/$place"; }
    done
    # A root that still has a mount is left alone: what is behind it is this machine's.
    grep -q " $root/" /proc/mounts || rm -rf --one-file-system "$root"
  done
}
trap close_roots EXIT
trap 'exit 130' INT TERM

# A new root of release $1; further packages in $2, separated by commas. Its path is in `root`.
open_root() {
  local release=$1 packages=$2 mirror
  mirror=$(mirror_of_debian)
  [ "$(id -u)" -eq 0 ] || skip "$release: a clean root needs root"
  if ! command -v debootstrap >/dev/null; then
    apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 debootstrap >/dev/null ||
      skip "$release: debootstrap is not there"
  fi
  # On a disk, not below /tmp, which may be memory; one run has one root.
  mkdir -p "${FRESH_DIR:-build/fresh}"
  root=$(mktemp -d "$(realpath "${FRESH_DIR:-build/fresh}")/$release.XXXXXX")
  roots+=("$root")
  echo "$part: $release from $mirror"
  if ! debootstrap --variant=minbase --include="ca-certificates$packages" "$release" "$root" \
      "$mirror" >"$root.log" 2>&1; then
    tail -3 "$root.log"
    skip "$release: debootstrap failed ($root.log)"
  fi
  rm -f "$root.log"
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  # Servers that packages bring are not started there: squall starts its own.
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  # Certificates that this machine trusts beside Debian's, for npm behind a proxy of one's own.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  mount --bind /dev "$root/dev"
  mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666
}

# Runs a line of shell in folder $1 of `root`, as somebody who has just logged in.
in_root() {
  chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 CI=true \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
    sh -c "cd $1 && $2" </dev/null
}
