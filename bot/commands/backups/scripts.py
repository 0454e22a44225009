"""The three programs that the Jobs run, for busybox's shell. All that differs comes by environment, never by text.

Each says where it is as lines of JSON on its standard output. Each may be run again: what its operation has done
already is found by name, and not done twice. Nothing appears under its final name before it is whole.
"""

PACK = r"""
set -eu
set -o pipefail
umask 077
folder=/backups/$INSTANCE
archive=$folder/$ID.tar.gz
manifest=$folder/$ID.json
say() { printf '{"phase":"%s"}\n' "$1"; }

if [ -f "$manifest" ]; then say packed; exit 0; fi
mkdir -p "$folder"
trap 'rm -f "$archive.part" "$manifest.part"' EXIT
trap 'exit 143' TERM INT

say packing
tar -C /instance -cf - . | gzip -c > "$archive.part"
say verifying
gzip -dc "$archive.part" | tar -tf - > /dev/null
sum=$(sha256sum "$archive.part" | awk '{print $1}')
bytes=$(ls -ln "$archive.part" | awk '{print $5}')
printf '{"instance":"%s","id":"%s","bytes":%s,"sha256":"%s","at":"%s","operation":"%s"}\n' \
  "$INSTANCE" "$ID" "$bytes" "$sum" "$AT" "$OPERATION" > "$manifest.part"
mv "$archive.part" "$archive"
mv "$manifest.part" "$manifest"
say packed
cat "$manifest"
"""

UNPACK = r"""
set -eu
set -o pipefail
umask 077
live=/instances/$FOLDER
side=$live.restoring-${OPERATION%%-*}
kept=$live.replaced-$STAMP
archive=/backups/$SOURCE/$ID.tar.gz
say() { printf '{"phase":"%s"}\n' "$1"; }
fail() { echo "$1" >&2; exit 1; }
swap() {
  say swapping
  if [ -d "$live" ]; then mv "$live" "$kept"; fi
  if ! mv "$side" "$live"; then mv "$kept" "$live"; fail "The restored folder could not be put in place."; fi
}

if [ -d "$kept" ]; then
  if [ ! -d "$live" ]; then swap; fi
  say swapped
  exit 0
fi
trap 'rm -rf "$side"' EXIT
trap 'exit 143' TERM INT

say unpacking
[ -f "$archive" ] || fail "The archive of $ID is gone."
rm -rf "$side"
mkdir "$side"
# read once: what is unpacked is what is summed up, whoever writes to the archive meanwhile
unpack() { tee /proc/self/fd/3 < "$archive" | gzip -dc | tar -C "$side" -xpf -; }
broke=0
sum=$(unpack 3>&1 >&2 | sha256sum | awk '{print $1}') || broke=$?
say checking
[ "$sum" = "$SHA256" ] || fail "The checksum of $ID is not the one that was approved: damaged, or another archive."
[ "$broke" = 0 ] || exit "$broke"
# tar takes away what leads out of a name, yet links to what such a name means: then a file has more names than are here
shared=$(find "$side" ! -type d -links +1 -exec stat -c '%h %i' {} + | sort | uniq -c | awk '$1 != $2')
[ -z "$shared" ] || fail "The archive of $ID holds links to files outside of it."
trap '' TERM INT
swap
say swapped
"""

DELETE = r"""
set -euf
say() { printf '{"phase":"%s"}\n' "$1"; }
fail() { echo "$1" >&2; exit 1; }

for one in $DOOMED; do
  case $one in
    */*/* | *..* | /* | */ | *[!a-z0-9._/-]*) fail "$one is no backup. Nothing was deleted." ;;
    */*) ;;
    *) fail "$one is no backup. Nothing was deleted." ;;
  esac
done
say deleting
for one in $DOOMED; do # the manifest first: what has none is not listed, and was never whole
  rm -f "/backups/$one.json"
  rm -f "/backups/$one.tar.gz"
done
say deleted
"""
