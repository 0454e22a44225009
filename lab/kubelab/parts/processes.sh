# Background processes: each has a pid file in run/ and a log in log/.

run() { # run NAME COMMAND...: start in the background, remember the pid
  local name=$1
  shift
  # a daemon must not keep a caller's lock, so nothing that the caller has open is handed on
  setsid "$@" >"$lab/log/$name.log" 2>&1 </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
  echo $! >"$lab/run/$name.pid"
}

end() { # end NAME: no grace is needed, since nothing that it wrote is kept
  local pid
  pid=$(cat "$lab/run/$1.pid" 2>/dev/null) || return 0
  kill -KILL "$pid" 2>/dev/null || return 0
  while living "$pid"; do sleep 0.02; done
}

end_strays() { # components that no pid file names any more: what they were started with lies in our folder
  local ours='(kube-apiserver|kube-controller-manager|kube-scheduler|kubelet|etcd|metrics-server|containerd)' pid
  for pid in $(pgrep -f -- "^[^ ]*$ours .*[ =]$lab/" || true); do kill -KILL "$pid" 2>/dev/null || true; done
}

living() { # a zombie is not: whoever inherited it may take seconds to collect it
  [ -n "$1" ] && [ -d "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null
}

until_ok() { # until_ok SECONDS WHAT COMMAND...
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || fail "$what is not ready; see $lab/log"
    sleep 0.1
  done
}

alive() { living "$(cat "$1" 2>/dev/null)"; } # alive FILE: the process in a pid file

status() {
  local file
  for file in "$lab"/run/*.pid; do
    [ -e "$file" ] || continue
    printf '%-12s %s\n' "$(basename "$file" .pid)" "$(alive "$file" && echo running || echo stopped)"
  done
  running
}

running() { # everything that was started still runs
  local file
  [ -e "$lab/run/apiserver.pid" ] || return 1
  for file in "$lab"/run/*.pid; do alive "$file" || return 1; done
}
