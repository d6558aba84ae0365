//go:build !unix

package conn

import "errors"

// writeOnce leaves every write to the slow way, which works everywhere.
func writeOnce(uintptr, []byte) (int, error) { return 0, errWouldBlock }

// readOnce leaves every read to the socket's own, which works everywhere.
func readOnce(uintptr, []byte) (int, error) { return 0, errors.ErrUnsupported }
