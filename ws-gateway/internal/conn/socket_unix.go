//go:build unix

package conn

import (
	"errors"
	"syscall"
)

// writeOnce writes what a non-blocking socket takes.
func writeOnce(fd uintptr, data []byte) (int, error) { return once(syscall.Write, fd, data) }

// readOnce reads what a non-blocking socket has.
func readOnce(fd uintptr, data []byte) (int, error) { return once(syscall.Read, fd, data) }

// once makes one system call, and answers errWouldBlock where it would wait.
func once(call func(int, []byte) (int, error), fd uintptr, data []byte) (int, error) {
	for {
		n, err := call(int(fd), data)
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
