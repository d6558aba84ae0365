//go:build unix

package conn

import (
	"errors"
	"syscall"
)

// writeOnce writes what a non-blocking socket takes.
func writeOnce(fd uintptr, data []byte) (int, error) {
	for {
		n, err := syscall.Write(int(fd), data)
		switch {
		case err == nil:
			return n, nil
		case errors.Is(err, syscall.EAGAIN):
			return 0, errWouldBlock
		case !errors.Is(err, syscall.EINTR):
			return 0, err //nolint:wrapcheck // it ends the connection and is shown to nobody
		}
	}
}
