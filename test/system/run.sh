#!/usr/bin/env bash
# System tests: real readers of the rendered files, unprivileged users, full disks and read-only mounts.
# Needs root and Debian; installs what it needs.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "$(id -u)" != 0 ]; then
  echo 'the system tests need root' >&2
  exit 1
fi
wanted=()
for pair in containerd:containerd dockerd:docker.io chronyd:chrony systemd-analyze:systemd mount:mount ip:iproute2 systemd-nspawn:systemd-container dnsmasq:dnsmasq-base dbus-daemon:dbus-daemon sysctl:procps modprobe:kmod go:golang-go zsh:zsh debootstrap:debootstrap; do
  command -v "${pair%%:*}" >/dev/null || wanted+=("${pair#*:}")
done
/usr/bin/python3 -c 'import yaml' 2>/dev/null || wanted+=(python3-yaml)
if [ ${#wanted[@]} -gt 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # packages start their services where they can; nothing here needs one running
  apt-get install -y -qq --no-install-recommends "${wanted[@]}"
fi
# a fuzzer for the API, in an environment of its own
fuzzer=node_modules/.cache/schemathesis
if [ ! -x "$fuzzer/bin/schemathesis" ]; then
  rm -rf "$fuzzer"
  if ! { python3 -m venv "$fuzzer" && "$fuzzer/bin/pip" install --quiet schemathesis==4.32.5; }; then
    echo 'schemathesis cannot be installed (it needs Python 3 with venv): its tests are skipped' >&2
    rm -rf "$fuzzer"
  fi
fi
[ -x "$fuzzer/bin/schemathesis" ] && export SCHEMATHESIS="$PWD/$fuzzer/bin/schemathesis"
# what machines with a systemd of their own boot from
if ! SYSTEM_ROOT=$(bash test/system/base-root.sh); then
  echo "no Debian of its own can be made for machines" >&2
  SYSTEM_ROOT=$(bash test/system/base-root.sh --over-host)
fi
export SYSTEM_ROOT
echo "machines boot from $SYSTEM_ROOT"
[ -f dist/bottlerocket.js ] || npm run -s build
[ -x dist/single/bottlerocket ] || node test/tooling/single.mjs
SYSTEM_TESTS=1 exec npx vitest run --config test/tooling/vitest.config.ts --project system "$@"
