// Package mtls is how services prove to one another who they are: each has a certificate of one private CA, whose DNS name is the
// key under which the service registers in Etcd. A server refuses whoever has none; a client refuses a server of another name.
// Every service's configuration holds a Config; rpcx and idgen use it.
package mtls

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// Config names the files, all PEM. With none of them nothing is encrypted and nobody refused, which is for loopback only.
type Config struct {
	Cert string `json:",optional"` // the certificate; read again for every connection, so that it can be renewed
	Key  string `json:",optional"` // its private key
	CA   string `json:",optional"` // whose certificates are believed
	Etcd bool   `json:",optional"` // Etcd is spoken to with the same certificate
}

var (
	// ErrIncomplete is returned for a configuration that names some of the files.
	ErrIncomplete = errors.New("TLS: set Cert, Key and CA, or none of them")
	// ErrNotLoopback is returned for a service without TLS that listens for other machines.
	ErrNotLoopback = errors.New("TLS.Cert: must be set, because ListenOn is no loopback address")
	errNoCA        = errors.New("no certificate in it")
)

// Enabled reports whether there is a certificate.
func (c Config) Enabled() bool { return c.Cert != "" }

// Validate reports files that are not named or cannot be used.
func (c Config) Validate() error {
	if c == (Config{}) {
		return nil
	}
	if c.Cert == "" || c.Key == "" || c.CA == "" {
		return ErrIncomplete
	}
	if _, err := tls.LoadX509KeyPair(c.Cert, c.Key); err != nil {
		return fmt.Errorf("TLS.Cert and TLS.Key: %w", err)
	}
	_, err := c.believed()
	return err
}

// Guards reports whether strangers are kept out of a listener: by certificates, or because it is on loopback.
func (c Config) Guards(listenOn string) error {
	if c.Enabled() || Loopback(listenOn) {
		return nil
	}
	return ErrNotLoopback
}

// Loopback reports whether an address, host:port or a host alone, is reached from this machine only. A path, which is a Unix
// socket's, is too.
func Loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	if host == "localhost" || (host != "" && host[0] == '/') {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Server is for a grpc server: it asks every client for a certificate.
func (c Config) Server() (credentials.TransportCredentials, error) {
	if !c.Enabled() {
		return insecure.NewCredentials(), nil
	}
	pool, err := c.believed()
	if err != nil {
		return nil, err
	}
	return credentials.NewTLS(&tls.Config{
		MinVersion:     tls.VersionTLS13,
		ClientAuth:     tls.RequireAndVerifyClientCert,
		ClientCAs:      pool,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.pair() },
	}), nil
}

// Client is for a grpc client of the service that registers in Etcd under a key.
func (c Config) Client(key string) (credentials.TransportCredentials, error) {
	if !c.Enabled() {
		return insecure.NewCredentials(), nil
	}
	config, err := c.client()
	if err != nil {
		return nil, err
	}
	config.ServerName = key // instances are found by address, which no certificate knows
	return credentials.NewTLS(config), nil
}

// ForEtcd is for a client of Etcd; nil when it is spoken to without TLS.
func (c Config) ForEtcd() (*tls.Config, error) {
	if !c.Etcd {
		return nil, nil //nolint:nilnil // no TLS is what nil says to whoever dials
	}
	return c.client()
}

func (c Config) client() (*tls.Config, error) {
	pool, err := c.believed()
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion:           tls.VersionTLS13,
		RootCAs:              pool,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return c.pair() },
	}, nil
}

func (c Config) pair() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, fmt.Errorf("load certificate: %w", err)
	}
	return &pair, nil
}

func (c Config) believed() (*x509.CertPool, error) {
	text, err := os.ReadFile(c.CA)
	if err != nil {
		return nil, fmt.Errorf("TLS.CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("TLS.CA: %s: %w", c.CA, errNoCA)
	}
	return pool, nil
}
