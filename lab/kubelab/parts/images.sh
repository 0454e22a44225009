# Images without a registry: a static busybox in one layer, under whatever name a Pod asks for.

# As process 1 a plain sleep would ignore SIGTERM, and each pod would take its 30 s of grace to go.
RUN_UNTIL_ASKED_TO_STOP='trap "exit 0" TERM INT; sleep 2147483647 & wait'

image() { # image NAME COMMAND...
  import "$1" -- "${@:2}"
}

platform_images() { # platform_images NAME...: or one name a line on standard input
  local names=("$@")
  [ $# != 0 ] || mapfile -t names
  import "${names[@]}" -- /bin/sh -c "$RUN_UNTIL_ASKED_TO_STOP"
}

import() { # import NAME... -- COMMAND...
  "${PYTHON:-python3}" "$here/image.py" "$(command -v busybox)" "$@" |
    ctr -a "$lab/run/containerd.sock" -n k8s.io images import --no-unpack=false - >"$lab/log/import.log" 2>&1 ||
    fail "cannot import $1: $(tail -n 1 "$lab/log/import.log")"
}
