// Package config is the service's configuration; etc/ has an example with every key.
package config

import "github.com/zeromicro/go-zero/zrpc"

// Config is loaded strictly: an unknown key is an error.
type Config struct {
	zrpc.RpcServerConf
}
