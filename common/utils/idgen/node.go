package idgen

import (
	"context"
	"fmt"
	"strconv"

	clientv3 "go.etcd.io/etcd/client/v3"

	"im-backend/common/utils/mtls"
)

const nodeCounterKey = "/im/idgen/next-node"

// ClaimNode takes the next node number from a counter in Etcd. Numbers come round only after MaxNodes further starts of
// processes, so no lease has to be kept alive and Etcd may be away afterwards.
func ClaimNode(ctx context.Context, etcd *clientv3.Client) (int64, error) {
	for {
		got, err := etcd.Get(ctx, nodeCounterKey)
		if err != nil {
			return 0, fmt.Errorf("claim node number: %w", err)
		}
		var node, version int64
		if len(got.Kvs) == 1 {
			if node, err = strconv.ParseInt(string(got.Kvs[0].Value), 10, 64); err != nil {
				return 0, fmt.Errorf("claim node number: %w", err)
			}
			version = got.Kvs[0].ModRevision
		}
		answer, err := etcd.Txn(ctx).
			If(clientv3.Compare(clientv3.ModRevision(nodeCounterKey), "=", version)).
			Then(clientv3.OpPut(nodeCounterKey, strconv.FormatInt(node+1, 10))).Commit()
		if err != nil {
			return 0, fmt.Errorf("claim node number: %w", err)
		}
		if answer.Succeeded {
			return node % MaxNodes, nil
		}
	}
}

// Claim makes a generator with a node number claimed from Etcd.
func Claim(ctx context.Context, endpoints []string, id mtls.Config) (*Generator, error) {
	secure, err := id.ForEtcd()
	if err != nil {
		return nil, fmt.Errorf("connect to etcd: %w", err)
	}
	etcd, err := clientv3.New(clientv3.Config{Endpoints: endpoints, Context: ctx, TLS: secure})
	if err != nil {
		return nil, fmt.Errorf("connect to etcd: %w", err)
	}
	defer func() { _ = etcd.Close() }()
	node, err := ClaimNode(ctx, etcd)
	if err != nil {
		return nil, err
	}
	return New(node), nil
}
