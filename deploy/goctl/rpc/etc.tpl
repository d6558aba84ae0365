Name: {{.serviceName}}
ListenOn: 0.0.0.0:8080
Etcd:
  Hosts: ["${ETCD_ADDR:-127.0.0.1:2379}"]
  Key: {{.serviceName}}.rpc
