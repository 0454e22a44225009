#!/usr/bin/env bash
# The image without a Docker engine: Python from Debian's packages as the base, the content by build.sh, packed as the
# Dockerfile says. Needs a Debian with apt-get, /usr/bin/python3 and python3-venv; no root.
# usage: without-docker.sh NAME FILE     writes a docker-archive: docker load, podman load, ctr images import
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
name=$1
file=$2
python=/usr/bin/python3 # of the same packages as the base's
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

base() { # what python3 needs, down to libc: resolved as if nothing were installed
  local package archives=$work/archives
  mkdir -p "$archives/partial" "$work"/base/usr/{bin,lib,lib64,sbin}
  : >"$work/status"
  apt-get -qq -o Dir::State::status="$work/status" -o Dir::Cache::archives="$archives" -o Debug::NoLocking=1 \
    -o APT::Sandbox::User="$(id -un)" install -y --download-only --no-install-recommends python3 >/dev/null
  for package in bin lib lib64 sbin; do ln -s "usr/$package" "$work/base/$package"; done
  for package in "$archives"/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink --no-same-owner -C "$work/base"
  done
  rm -rf "$work"/base/usr/share/{doc,man,locale,lintian,bash-completion}
  mkdir -p "$work"/base/{dev,etc,proc,sys,tmp}
}

base
"$here/build.sh" "$work/content/opt/saas-bot" "$python"
"$python" "$here/archive.py" "$here/../Dockerfile" "$name" "$work/base" "$work/content" >"$file"
