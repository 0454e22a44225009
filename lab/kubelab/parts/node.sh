# containerd and kubelet: one node whose pods run, crash, are killed for memory and can be reached by address.

start_node() {
  [ "$(id -u)" = 0 ] || fail "a node needs root. KUBELAB_NODE=0 starts the control plane alone."
  mkdir -p "$lab"/{cni,containerd,containerd-state,kubelet}
  start_network
  containerd_config >"$lab/containerd.toml"
  kubelet_config >"$lab/kubelet.yaml"
  kubeconfig "$lab/node.kubeconfig" node kubelab-node
  run containerd containerd --config "$lab/containerd.toml" --log-level warn
  until_ok 120 containerd ctr -a "$lab/run/containerd.sock" version
  image kubelab/pause:1 /bin/busybox sleep 2147483647
  image kubelab/busybox:1 /bin/sh
  run kubelet "$bin/kubelet" --config "$lab/kubelet.yaml" --kubeconfig "$lab/node.kubeconfig" \
    --hostname-override node-1 --node-ip "$pods.1" --root-dir "$lab/kubelet" --cert-dir "$lab/pki" --v 1
}

node_ready() {
  "$bin/kubectl" get node node-1 -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}' | grep -q True
}

start_network() {
  # An address of its own: else the bridge takes the lowest of its ports', and whenever a pod comes or goes with that,
  # the others send to an address that is gone until their ARP entries expire, half a minute later.
  ip link show kubelab0 >/dev/null 2>&1 || ip link add kubelab0 address 0a:58:0a:55:00:01 type bridge
  ip addr replace "$pods.1/24" dev kubelab0
  ip link set kubelab0 up
  echo 1 >/proc/sys/net/ipv4/ip_forward
  cat >"$lab/cni/10-kubelab.conf" <<J
{"cniVersion": "0.4.0", "name": "kubelab", "type": "bridge", "bridge": "kubelab0", "isGateway": true, "ipMasq": false,
 "ipam": {"type": "host-local", "dataDir": "$lab/cni-ipam", "ranges": [[{"subnet": "$pods.0/24"}]],
          "routes": [{"dst": "0.0.0.0/0"}]}}
J
}

containerd_config() { # restrict_oom_score_adj: without CAP_SYS_RESOURCE runc may not lower the score, and dies
  cat <<T
version = 2
root = "$lab/containerd"
state = "$lab/containerd-state"
[grpc]
  address = "$lab/run/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "kubelab/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$lab/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
T
}

kubelet_config() { # evictionHard: what the host's disk holds is none of our business
  cat <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $pods.1
healthzBindAddress: 127.0.0.1
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
cgroupDriver: cgroupfs
cgroupsPerQOS: true
enforceNodeAllocatable: []
failSwapOn: false
failCgroupV1: false
containerRuntimeEndpoint: unix://$lab/run/containerd.sock
resolvConf: ""
clusterDNS: [10.96.0.10]
evictionHard: {memory.available: "1Mi", nodefs.available: "0%", imagefs.available: "0%"}
imageGCHighThresholdPercent: 100
nodeStatusUpdateFrequency: 2s
nodeLeaseDurationSeconds: 6
syncFrequency: 1s
featureGates: {KubeletCrashLoopBackOffMax: true}
crashLoopBackOff: {maxContainerRestartPeriod: "${KUBELAB_BACKOFF:-2s}"}
tlsCertFile: $lab/pki/apiserver.crt
tlsPrivateKeyFile: $lab/pki/apiserver.key
Y
}

stop_containers() {
  local task mount pid client=(ctr -a "$lab/run/containerd.sock" -n k8s.io)
  if [ -S "$lab/run/containerd.sock" ]; then
    for task in $("${client[@]}" tasks list -q 2>/dev/null); do
      "${client[@]}" tasks kill -s KILL "$task" >/dev/null 2>&1 || true
    done
    sleep 0.3
    for task in $("${client[@]}" tasks list -q 2>/dev/null); do
      "${client[@]}" tasks delete -f "$task" >/dev/null 2>&1 || true
    done
  fi
  end containerd
  for pid in $(pgrep -f "containerd-shim.*$lab/run/containerd.sock" || true); do
    kill -9 "$pid" 2>/dev/null || true
  done
  for mount in $(awk -v lab="$lab/" 'index($2, lab) == 1 {print $2}' /proc/self/mounts | sort -r); do
    umount -l "$mount" 2>/dev/null || true
  done
  [ "$node" = 1 ] || return 0
  forget_networks
  ip link del kubelab0 2>/dev/null || true
}

forget_networks() { # of pods whose sandboxes nobody removed one by one: ours are those with an address of ours
  local network
  for network in $(ip netns list 2>/dev/null | awk '/^cni-/ {print $1}'); do
    case $(ip -n "$network" -o -4 addr show 2>/dev/null) in
      *" $pods."*) ip netns delete "$network" || true ;;
    esac
  done
}
