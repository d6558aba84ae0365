package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"im-backend/common/utils/pki"
)

// holders are the directories of secrets with a certificate in each, and what it is for. A service's name is the key under which it
// registers in Etcd; one that only calls others has a name that nobody calls.
var holders = map[string][]string{
	"user-service": {"user.rpc"}, "auth-service": {"auth.rpc"}, "friend-service": {"friend.rpc"}, "group-service": {"group.rpc"},
	"chat-service": {"chat.rpc"}, "ws-gateway": {"wsgateway.rpc"}, "api-gateway": {"api-gateway"}, "imctl": {"imctl"},
	"etcd": {"etcd", "localhost"},
}

const (
	caFile   = "ca.pem"
	certFile = "cert.pem"
	keyFile  = "key.pem"
)

// certificates makes what is missing in a directory: ca/ with the authority, which no container sees, and one directory for each
// holder with ca.pem, cert.pem and key.pem.
type certificates struct {
	dir   string
	owner owner
	now   time.Time
	renew bool // what is not missing, too; but not the authority
}

// write answers how many certificates it made.
func (c certificates) write() (int, error) {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return 0, fmt.Errorf("make certificates: %w", err)
	}
	ca, issued, err := c.authority()
	if err != nil {
		return 0, err
	}
	for name, dns := range holders {
		dir := filepath.Join(c.dir, name)
		if pair, err := load(dir); err == nil && !c.renew && ca.Lasts(pair, c.now) {
			continue
		}
		pair, err := ca.Issue(pki.Names{Common: name, DNS: dns, IPs: []net.IP{net.IPv4(127, 0, 0, 1)}}, c.now)
		if err != nil {
			return issued, err //nolint:wrapcheck // it says what could not be done
		}
		if err := errors.Join(save(dir, pair), replace(filepath.Join(dir, caFile), ca.Pair().Cert), c.give(dir)); err != nil {
			return issued, fmt.Errorf("certificate of %s: %w", name, err)
		}
		issued++
	}
	return issued, nil
}

// authority reads the authority, or makes it where there is none, which counts as one certificate.
func (c certificates) authority() (*pki.Authority, int, error) {
	dir := filepath.Join(c.dir, "ca")
	pair, err := load(dir)
	if err == nil {
		ca, err := pki.LoadAuthority(pair)
		return ca, 0, err //nolint:wrapcheck // it says what could not be done
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("read authority: %w", err)
	}
	ca, err := pki.NewAuthority(c.now)
	if err != nil {
		return nil, 0, err //nolint:wrapcheck // as above
	}
	if err := save(dir, ca.Pair()); err != nil {
		return nil, 0, fmt.Errorf("write authority: %w", err)
	}
	return ca, 1, nil
}

// give makes a directory the property of who reads it in a container. It is the caller's already unless the caller is root.
func (c certificates) give(dir string) error {
	if os.Getuid() != 0 {
		return nil
	}
	var faults []error
	for _, name := range []string{".", caFile, certFile, keyFile} {
		faults = append(faults, os.Chown(filepath.Join(dir, name), c.owner.uid, c.owner.gid))
	}
	return errors.Join(faults...)
}

func load(dir string) (p pki.Pair, err error) {
	if p.Cert, err = os.ReadFile(filepath.Join(dir, certFile)); err == nil { //nolint:gosec // the operator names the directory
		p.Key, err = os.ReadFile(filepath.Join(dir, keyFile)) //nolint:gosec // as above
	}
	return p, err //nolint:wrapcheck // it names the file
}

// save writes the key first: a certificate without its key would be taken for whole.
func save(dir string, p pki.Pair) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err //nolint:wrapcheck // it names the directory
	}
	if err := replace(filepath.Join(dir, keyFile), p.Key); err != nil {
		return err
	}
	return replace(filepath.Join(dir, certFile), p.Cert)
}
