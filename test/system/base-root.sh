#!/usr/bin/env bash
# What the machines of the system tests boot from: the /usr of a small Debian of this machine's own release, and nothing of
# it that would run by itself. Made once and kept; its path is what this prints. Needs root and debootstrap.
#
# With --over-host: a layer over this machine's own /usr that hides what would run by itself, for want of a mirror.
set -euo pipefail
cd "$(dirname "$0")/../.."
shopt -s nullglob

packages=systemd,systemd-sysv,systemd-resolved,libnss-resolve,dbus,iproute2,libstdc++6,libatomic1,procps
. /etc/os-release
suite=${VERSION_CODENAME:?this is no release of Debian}
key=$(cat "$0" /etc/os-release | sha256sum | cut -c1-12)
cache=node_modules/.cache/system-root

# an image has no console to log in at, no package manager at work, and no run levels
unwanted() {
  local units=$1/lib/systemd/system
  printf '%s\n' "$1"/lib/systemd/system-generators/*sysv* \
    "$units"/{apt-*,dpkg-*,e2scrub*,fstrim*,rc*,*getty*,hwclock*,autovt*,debug-shell*,runlevel*,pam_namespace*} \
    "$units"/{multi-user,graphical,rescue,getty}.target.wants "$units"/systemd-{update-utmp,user-sessions,ask-password}* \
    "$units"/sysinit.target.wants/systemd-{update-utmp,ask-password,firstboot}*
}

make_debian() {
  local root=$1 mirror
  # from where apt itself takes the release
  mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v suite="$suite" '$1 == suite && $2 == "main" { print $3; exit }')
  [ -n "$mirror" ] || { echo "apt has no source for $suite" >&2; return 1; }
  rm -rf "$cache"
  mkdir -p "$root.new"
  debootstrap --variant=minbase --include="$packages" "$suite" "$root.new" "$mirror" >"$root.log" 2>&1 ||
    { tail -5 "$root.log" >&2; rm -rf "$root.new"; return 1; }
  rm -rf "$root.new"/usr/share/{doc,man,locale,info,i18n}
  unwanted "$root.new/usr" | xargs rm -rf
  # the links that packages make when they are configured
  find "$root.new/usr" -xtype l -lname '/etc/alternatives/*' | while read -r link; do
    name=$(readlink "$link")
    target=$(readlink "$root.new$name") && ln -sfn "$target" "$link"
  done
  mkdir "$root"
  mv "$root.new/usr" "$root/usr"
  rm -rf "$root.new"
}

# hides a file of a lower layer, see the kernel's documentation of overlayfs
hide() {
  mkdir -p "$(dirname "$1")"
  [ -e "$1" ] || mknod "$1" c 0 0
}

make_layer() {
  local root=$1 kept
  kept=$({ dpkg -L systemd dbus dbus-system-bus-common systemd-resolved 2>/dev/null || true; } | sed -n 's#^\(/usr\)\?/lib/systemd/system/##p')
  for file in /usr/lib/systemd/system/*; do
    grep -qxF "$(basename "$file")" <<<"$kept" || hide "$root$file"
  done
  unwanted /usr | while read -r file; do [ -e "$root$(dirname "$file")" ] && [ ! -d "$root$(dirname "$file")" ] || hide "$root$file"; done
  if [ ! -x /usr/lib/systemd/systemd-resolved ]; then
    cat >"$root/usr/lib/systemd/system/systemd-resolved.service" <<'UNIT'
[Service]
Type=oneshot
RemainAfterExit=true
ExecStart=/bin/mkdir -p /run/systemd/resolve
ExecStart=/bin/sh -c 'echo "nameserver 127.0.0.53" >/run/systemd/resolve/resolv.conf'
[Install]
WantedBy=sysinit.target
UNIT
  fi
  touch "$root/over-host"
}

if [ "${1:-}" = --over-host ]; then
  root=$cache/host-$key
  [ -e "$root/over-host" ] || { rm -rf "$root"; make_layer "$root"; }
else
  root=$cache/$suite-$key
  [ -d "$root/usr" ] || make_debian "$root"
fi
echo "$PWD/$root"
