# Certificates, tokens and kubeconfigs. They outlive a stop, so that clients need not be told anew.

pki() {
  cd "$lab/pki"
  [ -f apiserver.crt ] && return
  openssl req -x509 $(new_key) -days 3650 -subj /CN=kubelab -keyout ca.key -out ca.crt 2>/dev/null
  signed front-proxy /CN=front-proxy
  openssl genrsa -out sa.key 2048 2>/dev/null
  cat >tokens.csv <<T
kubelab-admin,admin,admin,system:masters
kubelab-manager,system:kube-controller-manager,kcm
kubelab-scheduler,system:kube-scheduler,ks
kubelab-node,system:node:node-1,node-1,system:nodes
kubelab-metrics,metrics-server,metrics,system:masters
T
  signed apiserver /CN=kube-apiserver \
    "subjectAltName=IP:127.0.0.1,IP:10.96.0.1,IP:$pods.1,DNS:localhost,DNS:kubernetes.default.svc"
}

new_key() { echo "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"; }

signed() { # signed NAME SUBJECT [EXTENSION]
  openssl req $(new_key) -subj "$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out "$1.crt" \
    -extfile <(echo "${3:-}") 2>/dev/null
}

kubeconfig() { # kubeconfig FILE USER TOKEN
  cat >"$1" <<Y
apiVersion: v1
kind: Config
current-context: kubelab
clusters: [{name: kubelab, cluster: {server: "https://127.0.0.1:$port", certificate-authority: "$lab/pki/ca.crt"}}]
users: [{name: "$2", user: {token: "$3"}}]
contexts: [{name: kubelab, context: {cluster: kubelab, user: "$2", namespace: default}}]
Y
}
