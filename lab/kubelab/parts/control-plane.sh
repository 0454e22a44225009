# etcd, API server, controller manager and scheduler: ready in about 4 s, without root.

start_control_plane() {
  kubeconfig "$lab/admin.kubeconfig" admin kubelab-admin
  kubeconfig "$lab/manager.kubeconfig" kcm kubelab-manager
  kubeconfig "$lab/scheduler.kubeconfig" ks kubelab-scheduler
  start_etcd
  start_apiserver
  run manager "$bin/kube-controller-manager" $(as_client manager) --use-service-account-credentials \
    --leader-elect=false --bind-address 127.0.0.1 --secure-port $((port + 1)) \
    --service-account-private-key-file "$lab/pki/sa.key" --root-ca-file "$lab/pki/ca.crt" \
    --node-monitor-grace-period 8s --node-monitor-period 1s
  run scheduler "$bin/kube-scheduler" $(as_client scheduler) \
    --leader-elect=false --bind-address 127.0.0.1 --secure-port $((port + 2))
}

as_client() { # as_client NAME: how a component finds the API server and asks it about its own callers
  echo "--kubeconfig $lab/$1.kubeconfig --authentication-kubeconfig $lab/$1.kubeconfig" \
    "--authorization-kubeconfig $lab/$1.kubeconfig"
}

start_etcd() { # without fsync: nothing here outlives a stop
  local client=http://127.0.0.1:$etcd_port peer=http://127.0.0.1:$((etcd_port + 1))
  run etcd "$bin/etcd" --data-dir "$lab/etcd" --unsafe-no-fsync --log-level error \
    --listen-client-urls "$client" --advertise-client-urls "$client" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "default=$peer"
}

start_apiserver() { # it reaches the kubelet by address: there is no DNS
  local p=$lab/pki
  run apiserver "$bin/kube-apiserver" --etcd-servers "http://127.0.0.1:$etcd_port" \
    --bind-address 127.0.0.1 --secure-port "$port" --service-cluster-ip-range "$services" \
    --tls-cert-file "$p/apiserver.crt" --tls-private-key-file "$p/apiserver.key" --client-ca-file "$p/ca.crt" \
    --token-auth-file "$p/tokens.csv" --authorization-mode Node,RBAC --allow-privileged \
    --service-account-issuer https://kubelab --service-account-key-file "$p/sa.key" \
    --service-account-signing-key-file "$p/sa.key" \
    --kubelet-preferred-address-types InternalIP --endpoint-reconciler-type none --enable-aggregator-routing \
    --requestheader-client-ca-file "$p/ca.crt" --requestheader-allowed-names front-proxy \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --requestheader-extra-headers-prefix X-Remote-Extra- \
    --proxy-client-cert-file "$p/front-proxy.crt" --proxy-client-key-file "$p/front-proxy.key" \
    --audit-log-path "$lab/log/audit.jsonl" --audit-policy-file "$here/audit.yaml"
  until_ok 300 "the API server" "$bin/kubectl" get --raw /readyz
}
