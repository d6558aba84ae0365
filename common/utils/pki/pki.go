// Package pki is a private certificate authority: it makes the certificates by which services know one another. The tool that
// prepares a deployment uses it, and tests do; services only read what it made.
package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"
)

// How long certificates last.
const (
	day         = 24 * time.Hour
	caLifetime  = 10 * 365 * day
	lifetime    = 397 * day // of the others
	renewBefore = 30 * day
	backdated   = time.Hour // clocks differ
)

var errKeyKind = errors.New("its key is no ECDSA key")

// Pair is a certificate and its private key, both PEM.
type Pair struct{ Cert, Key []byte }

// Authority signs certificates.
type Authority struct {
	pair Pair
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewAuthority makes an authority that lasts ten years.
func NewAuthority(now time.Time) (*Authority, error) {
	t := template("im private CA", now, caLifetime)
	t.IsCA, t.BasicConstraintsValid, t.MaxPathLenZero = true, true, true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make authority: %w", err)
	}
	pair, err := sign(t, t, key, key)
	if err != nil {
		return nil, fmt.Errorf("make authority: %w", err)
	}
	return LoadAuthority(pair)
}

// LoadAuthority reads an authority that was made earlier.
func LoadAuthority(p Pair) (*Authority, error) {
	loaded, err := tls.X509KeyPair(p.Cert, p.Key)
	if err != nil {
		return nil, fmt.Errorf("load authority: %w", err)
	}
	key, ok := loaded.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("load authority: %w", errKeyKind)
	}
	return &Authority{pair: p, cert: loaded.Leaf, key: key}, nil
}

// Pair is the authority's own certificate, which everybody has, and its key, which nobody else may have.
func (a *Authority) Pair() Pair { return a.pair }

// Names are what a certificate is for.
type Names struct {
	Common string
	DNS    []string
	IPs    []net.IP
}

// Issue makes a certificate that lasts thirteen months, for servers and clients.
func (a *Authority) Issue(n Names, now time.Time) (Pair, error) {
	t := template(n.Common, now, lifetime)
	t.DNSNames, t.IPAddresses = n.DNS, n.IPs
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, fmt.Errorf("issue certificate of %s: %w", n.Common, err)
	}
	pair, err := sign(t, a.cert, key, a.key)
	if err != nil {
		return Pair{}, fmt.Errorf("issue certificate of %s: %w", n.Common, err)
	}
	return pair, nil
}

// Lasts reports whether a pair is whole, signed by this authority, and valid for a month and more.
func (a *Authority) Lasts(p Pair, now time.Time) bool {
	loaded, err := tls.X509KeyPair(p.Cert, p.Key)
	return err == nil && loaded.Leaf.CheckSignatureFrom(a.cert) == nil && now.Before(loaded.Leaf.NotAfter.Add(-renewBefore))
}

func template(name string, now time.Time, life time.Duration) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)) // it does not fail
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-backdated), NotAfter: now.Add(life),
	}
}

func sign(t, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) (Pair, error) {
	cert, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, parentKey)
	if err != nil {
		return Pair{}, fmt.Errorf("sign: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, fmt.Errorf("encode key: %w", err)
	}
	return Pair{
		Cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		Key:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
	}, nil
}
