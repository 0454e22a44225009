# Compiling. Where Go fetches modules from is the environment's business (GOPROXY, GOFLAGS).

OLDEST_GO=1.24
GO_PACKAGES=(etcd metrics-server kubernetes)
KUBERNETES_FLAGS="-X k8s.io/component-base/version.gitVersion=v1.34.4
  -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34"

build() {
  local wanted name
  wanted=$(build_stamp)
  [ "$(cat "$bin/stamp" 2>/dev/null)" = "$wanted" ] && [ -x "$bin/kubebin" ] && return
  go_is_new_enough || fail "building needs Go $OLDEST_GO or newer on PATH, and there is none."
  mkdir -p "$bin"
  for name in "${GO_PACKAGES[@]}"; do
    echo "kubelab: compiling $name"
    (cd "$here/$name" && go build -trimpath -ldflags "-s -w $(version_flags "$name")" -o "$bin/$(binary_name "$name")" .)
  done
  for name in kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl; do
    ln -sf kubebin "$bin/$name"
  done
  echo "$wanted" >"$bin/stamp"
}

build_stamp() { cat "$here"/*/{go.mod,go.sum,main.go} "$here/parts/build.sh" | sha256sum | cut -d ' ' -f 1; }
binary_name() { if [ "$1" = kubernetes ]; then echo kubebin; else echo "$1"; fi; }
version_flags() { if [ "$1" = kubernetes ]; then echo "${KUBERNETES_FLAGS//$'\n'/ }"; fi; }

go_is_new_enough() {
  local version
  command -v go >/dev/null || PATH=$PATH:/usr/local/go/bin # where Go's own archive goes, without touching PATH
  version=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || return 1
  printf '%s\n' "$OLDEST_GO" "${version#go}" | sort --check=quiet --version-sort
}
