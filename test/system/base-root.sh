#!/usr/bin/env bash
# A small Debian of the machine's own release for the boots of the system tests: its /usr, and nothing of it that would
# run by itself. Made once and kept; the last line of output is its path. Needs root and debootstrap.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=systemd,systemd-sysv,systemd-resolved,libnss-resolve,dbus,iproute2,libstdc++6,libatomic1,procps
. /etc/os-release
suite=${VERSION_CODENAME:?this is no release of Debian}
key=$(cat "$0" /etc/os-release | sha256sum | cut -c1-12)
root=node_modules/.cache/system-root/$suite-$key
if [ ! -d "$root/usr" ]; then
  # from where apt itself takes the release
  mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v suite="$suite" '$1 == suite && $2 == "main" { print $3; exit }')
  [ -n "$mirror" ] || { echo "apt has no source for $suite" >&2; exit 1; }
  rm -rf node_modules/.cache/system-root
  mkdir -p "$root.new"
  debootstrap --variant=minbase --include="$packages" "$suite" "$root.new" "$mirror" >"$root.log" 2>&1 ||
    { tail -5 "$root.log" >&2; rm -rf "$root.new"; exit 1; }
  # an image has no console to log in at, no package manager at work, and no run levels
  units=$root.new/usr/lib/systemd/system
  rm -rf "$root.new"/usr/share/{doc,man,locale,info,i18n} "$root.new"/usr/lib/systemd/system-generators/*sysv* \
    "$units"/{apt-*,dpkg-*,e2scrub*,fstrim*,rc*,*getty*,hwclock*,autovt*,debug-shell*,runlevel*,pam_namespace*} \
    "$units"/{multi-user,graphical,rescue,getty}.target.wants "$units"/systemd-{update-utmp,user-sessions,ask-password}* \
    "$units"/sysinit.target.wants/systemd-{update-utmp,ask-password,firstboot}*
  # the links that packages make when they are configured
  find "$root.new/usr" -xtype l -lname '/etc/alternatives/*' | while read -r link; do
    name=$(readlink "$link")
    target=$(readlink "$root.new$name") && ln -sfn "$target" "$link"
  done
  mkdir "$root"
  mv "$root.new/usr" "$root/usr"
  rm -rf "$root.new"
fi
echo "$PWD/$root"
