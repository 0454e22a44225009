# metrics-server behind the aggregator: `kubectl top` answers about 25 s after the start.

start_metrics() {
  kubeconfig "$lab/metrics.kubeconfig" metrics kubelab-metrics
  run metrics "$bin/metrics-server" $(as_client metrics) --bind-address "$pods.1" --secure-port 14443 \
    --kubelet-insecure-tls --kubelet-preferred-address-types InternalIP --metric-resolution 15s \
    --tls-cert-file "$lab/pki/apiserver.crt" --tls-private-key-file "$lab/pki/apiserver.key"
  "$bin/kubectl" apply -f - >/dev/null <<Y
{apiVersion: v1, kind: Service, metadata: {name: metrics-server, namespace: kube-system},
 spec: {ports: [{port: 443, targetPort: 14443}]}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, addressType: IPv4, endpoints: [{addresses: [$pods.1]}],
 ports: [{port: 14443}],
 metadata: {name: metrics-server, namespace: kube-system, labels: {kubernetes.io/service-name: metrics-server}}}
---
{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1beta1.metrics.k8s.io},
 spec: {group: metrics.k8s.io, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 100,
        insecureSkipTLSVerify: true, service: {name: metrics-server, namespace: kube-system}}}
Y
}
